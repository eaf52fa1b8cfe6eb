using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.TrainingProcess;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>A checkpoint with one thing in it spoilt is refused, and nothing has changed.</summary>
public class CheckpointEntryTests
{
    private readonly Dataset _samples = Recipe.Samples();
    private byte[] _history;
    private List<SafetensorEntry> _tensors;
    private Dictionary<string, string> _metadata;

    [OneTimeSetUp]
    public void WriteAndReadACheckpoint()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        Recipe.CreateTrainer(1, out _).Fit(_samples, Recipe.Options(path, epochs: 1));
        (_tensors, _metadata) = SafetensorsEdit.Read(path);
        _history = File.ReadAllBytes(path + ".history");
    }

    [Test]
    public void With_nothing_spoilt_it_is_taken()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        SafetensorsWriter.Write(path, _tensors, _metadata);
        File.WriteAllBytes(path + ".history", _history);
        Trainer trainer = Recipe.CreateTrainer(1, out _);
        Assert.That(trainer.Resume(path, _samples, Recipe.Options(path, epochs: 1)).Epochs, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_spoilt_entry_is_refused(
        [Values("steps", "epochs", "epoch", "step_of_epoch", "figures_samples", "figures_chunk", "figures_counts", "best", "epochs_since_best", "history_start", "history_bytes", "history_file", "history_sha256", "training: metrics", "checkpoint_version")] string key,
        [Values("", "x", "-1", "1,2", "99999999999999999999")] string text)
    {
        // These are numbers, which may be below zero or very large.
        if (key is "best" && text is "-1" or "99999999999999999999")
            return;
        Refused((tensors, metadata) =>
        {
            metadata[key] = text;
            return tensors;
        });
    }

    [Test]
    public void A_missing_or_misshapen_tensor_is_refused([Values("values", "slots", "average", "best", "best_average")] string name, [Values] bool isMissing) => Refused((tensors, _) =>
        [.. tensors.Where(tensor => tensor.Name != name), .. isMissing ? (SafetensorEntry[])[] : [SafetensorEntry.FromFloats(name, [3], new float[3])]]);

    private void Refused(Func<List<SafetensorEntry>, Dictionary<string, string>, List<SafetensorEntry>> spoil)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        var spoilt = new Dictionary<string, string>(_metadata);
        SafetensorsWriter.Write(path, spoil(_tensors, spoilt), spoilt);
        File.WriteAllBytes(path + ".history", _history);
        Trainer trainer = Recipe.CreateTrainer(1, out Sequential network);
        int[] before = TestValues.Bits(network.Parameters.Values);
        Assert.That(
            () => trainer.Resume(path, _samples, Recipe.Options(path, epochs: 1)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(path));
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
    }
}
