using NeuralNetFromScratch.Data;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.TrainingProcess;

namespace NeuralNetFromScratch.Tests.Serialization;

/// <summary>A checkpoint with one thing in it spoilt is refused, and nothing has changed.</summary>
public class CheckpointEntryTests
{
    [Test]
    public void A_spoilt_entry_is_refused(
        [Values("steps", "epochs", "epoch", "step_of_epoch", "loss_sum", "correct", "count", "best", "epochs_since_best", "history", "checkpoint_version")] string key,
        [Values("", "x", "-1", "1,2", "99999999999999999999")] string text)
    {
        // These are numbers, which may be below zero or very large.
        if (key is "loss_sum" or "best" && text is "-1" or "99999999999999999999")
            return;
        // No history is a history without epochs.
        if (key == "history" && text.Length == 0)
            return;
        Refused((tensors, metadata) =>
        {
            metadata[key] = text;
            return tensors;
        });
    }

    [Test]
    public void A_missing_or_misshapen_tensor_is_refused([Values("values", "slots", "average", "best")] string name, [Values] bool isMissing) => Refused((tensors, _) =>
        [.. tensors.Where(tensor => tensor.Name != name), .. isMissing ? (SafetensorEntry[])[] : [SafetensorEntry.OfFloats(name, [3], new float[3])]]);

    private static void Refused(Func<List<SafetensorEntry>, Dictionary<string, string>, List<SafetensorEntry>> spoil)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        Dataset samples = Recipe.Samples();
        FitOptions options = Recipe.Options(path, epochs: 1);
        Recipe.CreateTrainer(1, out _).Fit(samples, options);
        var tensors = new List<SafetensorEntry>();
        Dictionary<string, string> metadata;
        using (SafetensorsReader reader = SafetensorsReader.Open(path))
        {
            metadata = reader.Metadata.ToDictionary(entry => entry.Key, entry => entry.Value);
            foreach (SafetensorInfo tensor in reader.Tensors)
            {
                var values = new float[tensor.Length];
                reader.ReadFloats(tensor, values);
                tensors.Add(SafetensorEntry.OfFloats(tensor.Name, [values.Length], values));
            }
        }

        SafetensorsWriter.Write(path, spoil(tensors, metadata), metadata);
        Trainer trainer = Recipe.CreateTrainer(1, out Sequential network);
        int[] before = TestValues.Bits(network.Parameters.Values);
        Assert.That(() => trainer.Resume(path, samples, options), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(path));
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
    }
}
