using System.Numerics.Tensors;
using System.Text;
using NeuralNetFromScratch.Fuzzing;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>The user's own texts and tensors beside a network.</summary>
public class UserEntryTests
{
    [Test]
    public void Texts_and_tensors_come_back_from_a_file_and_a_stream([Values] TensorNaming naming)
    {
        using var folder = new TemporaryFolder();
        Sequential network = Network();
        network.Save(folder.File("model"), naming);
        AssertSame(Sequential.Load(folder.File("model")), network);
        using var stream = new MemoryStream();
        network.Save(stream, naming);
        stream.Position = 0;
        AssertSame(Sequential.Load(stream), network);
    }

    [Test]
    public void The_bytes_do_not_depend_on_the_order_in_which_they_were_set()
    {
        Sequential first = Plain(), second = Plain();
        foreach (string name in (string[])["b", "a", "ä", "B", ""])
        {
            first.Metadata[name] = name + name;
            first.ExtraTensors[name] = Tensor.Create([1f, 2], [2]);
        }

        foreach (string name in (string[])["", "ä", "B", "a", "b"])
        {
            second.ExtraTensors[name] = Tensor.Create([1f, 2], [2]);
            second.Metadata[name] = name + name;
        }

        Assert.That(Bytes(second), Is.EqualTo(Bytes(first)));
        Assert.That(first.Metadata.Keys, Is.EqualTo((string[])["", "B", "a", "b", "ä"]));
    }

    [Test]
    public void Slices_and_transposes_are_written_as_they_look()
    {
        Sequential network = Plain();
        Tensor<float> matrix = Tensor.Create([1f, 2, 3, 4, 5, 6], [2, 3]);
        network.ExtraTensors["slice"] = matrix[.., 1..3];
        network.ExtraTensors["empty"] = Tensor.Create<float>([], [3, 0]);
        Sequential loaded = Load(Bytes(network));
        Assert.That(loaded.ExtraTensors["slice"].ToArray(), Is.EqualTo((float[])[2, 3, 5, 6]));
        Assert.That(loaded.ExtraTensors["empty"].Lengths.ToArray(), Is.EqualTo((nint[])[3, 0]));
    }

    [Test]
    public void A_name_of_the_library_or_of_a_parameter_does_not_collide()
    {
        Sequential network = Plain();
        foreach (string name in (string[])["format", "architecture", "naming", "class_names", "content_sha256", "dense1.weight", "0.weight", "__metadata__", "user."])
        {
            network.Metadata[name] = "mine";
            network.ExtraTensors[name] = Tensor.Create([9f], [1]);
        }

        Sequential loaded = Load(Bytes(network));
        AssertSame(loaded, network);
        Assert.That(TestValues.Bits(loaded.Parameters.Values), Is.EqualTo(TestValues.Bits(network.Parameters.Values)));
    }

    [Test]
    public void Copies_folded_networks_and_moving_averages_keep_them()
    {
        Sequential network = Network();
        AssertSame(network.Copy(), network);
        AssertSame(network.FuseBatchNormalization(), network);
        AssertSame(new Trainer(network, new SoftmaxCrossEntropy(), new Adam { EmaDecay = 0.9f }).AveragedNetwork!, network);
        Sequential copy = network.Copy();
        copy.Metadata["author"] = "another";
        copy.ExtraTensors["thresholds"][0] = 5;
        Assert.That(network.Metadata["author"], Is.EqualTo("Ada"));
        Assert.That(network.ExtraTensors["thresholds"][0], Is.EqualTo(0.25f));
    }

    [Test]
    public void A_checkpoint_keeps_them_and_training_goes_on_from_it()
    {
        using var folder = new TemporaryFolder();
        Dataset data = Dataset.FromArrays(TestValues.Uniform(60, 1), [3], TestValues.Labels(20, 2, 2), 2);
        var options = new FitOptions { Epochs = 2, Checkpoint = new CheckpointOptions { Path = folder.File("run") } };
        Sequential network = Network();
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd()).Fit(data, options);
        AssertSame(Sequential.Load(folder.File("run")), network);
        var trainer = new Trainer(Plain(), new SoftmaxCrossEntropy(), new Sgd());
        Assert.That(trainer.Resume(folder.File("run"), data, options with { Epochs = 3 }).Epochs, Has.Count.EqualTo(3), "they are no part of what must be the same");
    }

    [Test]
    public void Weights_are_loaded_past_them([Values] bool byShape, [Values] bool seeks)
    {
        Sequential network = Network(), other = Plain();
        using Stream stream = seeks ? new MemoryStream(Bytes(network)) : new TrickleStream(new MemoryStream(Bytes(network)));
        other.LoadWeights(stream, new WeightLoadOptions { ByShape = byShape });
        Assert.That(TestValues.Bits(other.Parameters.Values), Is.EqualTo(TestValues.Bits(network.Parameters.Values)));
        Assert.That(other.Metadata, Is.Empty);
    }

    [Test]
    public void A_model_in_the_ONNX_format_keeps_the_texts()
    {
        using var stream = new MemoryStream();
        Sequential network = Network();
        OnnxModel.Export(network, stream);
        stream.Position = 0;
        Sequential imported = OnnxModel.Import(stream);
        Assert.That(imported.Metadata, Is.EqualTo(network.Metadata));
        Assert.That(imported.ClassNames, Is.EqualTo(network.ClassNames));
        network.Metadata["class_name_7"] = "";
        Assert.That(() => OnnxModel.Export(network, Stream.Null), Throws.ArgumentException.With.Message.Contains("class_name_7"));
    }

    [Test]
    public void Entries_that_a_file_cannot_contain_are_refused_by_name()
    {
        Refused(network => network.Metadata["author"] = null!, "Metadata[\"author\"] is null");
        Refused(network => network.Metadata["author"] = "\ud800", "cannot be encoded as UTF-8");
        Refused(network => network.ExtraTensors["t"] = null!, "ExtraTensors[\"t\"] is null");
        Refused(network => network.ExtraTensors["\ud800"] = Tensor.Create([1f], [1]), "cannot be encoded as UTF-8");
        Assert.That(() => Plain().Metadata[null!] = "", Throws.ArgumentNullException);

        static void Refused(Action<Sequential> change, string message)
        {
            Sequential network = Plain();
            change(network);
            Assert.That(() => Bytes(network), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));
        }
    }

    [Test]
    public void A_tensor_that_cannot_be_is_refused_before_anything_is_allocated_for_it()
    {
        string deep = string.Join(',', Enumerable.Repeat(1, 17));
        Assert.That(() => Load(WithShape(deep)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("user.t").And.Message.Contains("17 dimensions"));
        Assert.That(() => Load(WithShape("")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("user.t").And.Message.Contains("no dimension"));
    }

    /// <summary>A file whose extra tensor of one element has the given dimensions.</summary>
    private static byte[] WithShape(string dimensions)
    {
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = ModelFile.Describe(Plain(), TensorNaming.Native);
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [.. tensors, SafetensorEntry.FromFloats("user.t", [1], [7])], metadata);
        byte[] file = stream.ToArray();
        int length = (int)BitConverter.ToUInt64(file);
        byte[] header = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(file, 8, length).Replace("\"user.t\":{\"dtype\":\"F32\",\"shape\":[1]", $"\"user.t\":{{\"dtype\":\"F32\",\"shape\":[{dimensions}]", StringComparison.Ordinal));
        return [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. file[(8 + length)..]];
    }

    private static Sequential Plain() => new([3], 1, new Dense(4, Activation.Relu), new Dense(2)) { ClassNames = ["a", "b"], OutputActivation = OutputActivation.Softmax };

    private static Sequential Network()
    {
        Sequential network = Plain();
        network.Metadata["author"] = "Ada";
        network.Metadata["note"] = "a \"text\"\nof ümlauts 🙂";
        network.ExtraTensors["thresholds"] = Tensor.Create([0.25f, 0.75f], [2]);
        network.ExtraTensors["matrix"] = Tensor.Create([1f, float.NaN, -0f, 4, 5, 6], [2, 1, 3]);
        foreach (Parameter parameter in network.Parameters)
            parameter.Values.Fill(0.5f);
        return network;
    }

    private static byte[] Bytes(Sequential network)
    {
        using var stream = new MemoryStream();
        network.Save(stream);
        return stream.ToArray();
    }

    private static Sequential Load(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return Sequential.Load(stream);
    }

    private static void AssertSame(Sequential actual, Sequential expected)
    {
        Assert.That(actual.Metadata, Is.EqualTo(expected.Metadata));
        Assert.That(actual.ExtraTensors.Keys, Is.EqualTo(expected.ExtraTensors.Keys));
        foreach ((string name, Tensor<float> tensor) in expected.ExtraTensors)
        {
            Assert.That(actual.ExtraTensors[name].Lengths.ToArray(), Is.EqualTo(tensor.Lengths.ToArray()), name);
            Assert.That(TestValues.Bits(actual.ExtraTensors[name].ToArray()), Is.EqualTo(TestValues.Bits(tensor.ToArray())), name);
        }
    }
}
