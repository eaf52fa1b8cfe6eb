using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.Tests.Training;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>Files that were damaged on the way, and networks that no file can hold.</summary>
public class ModelFileDamageTests
{
    [Test]
    public void A_bit_that_changed_anywhere_is_noticed()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model"), damaged = folder.File("damaged");
        var network = new Sequential([3], 1, new Dense(4, Activation.Elu(0.5f)), new BatchNormalization(), new Dense(2))
        {
            ClassNames = ["a", "b"], InputScaling = new InputScaling(0.5f), OutputActivation = OutputActivation.Softmax,
        };
        network.Save(path);
        byte[] file = File.ReadAllBytes(path);
        var unnoticed = new List<int>();
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(damaged, file);
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Sequential loaded = Sequential.Load(damaged);
                // A bit of the digest's own name, or of white space, changes nothing of the network.
                if (!loaded.Layers.SequenceEqual(network.Layers) || !TestValues.Bits(loaded.Parameters.Values).SequenceEqual(TestValues.Bits(network.Parameters.Values))
                    || !loaded.ClassNames.SequenceEqual(network.ClassNames) || loaded.InputScaling != network.InputScaling || loaded.OutputActivation != network.OutputActivation)
                    unnoticed.Add(bit);
            }
            catch (InvalidDataException)
            {
            }
        }

        Assert.That(unnoticed, Is.Empty);
    }

    [Test]
    public void The_message_says_that_the_file_was_damaged_and_weights_of_such_a_file_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        var network = new Sequential([3], 1, new Dense(2)) { OutputActivation = OutputActivation.None };
        network.Save(path);
        byte[] file = File.ReadAllBytes(path);
        file[^1] ^= 1;
        File.WriteAllBytes(path, file);
        int[] before = TestValues.Bits(network.Parameters.Values);
        Assert.Multiple(() =>
        {
            Assert.That(() => Sequential.Load(path), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith($"{path}: the contents do not match the digest (content_sha256)"));
            Assert.That(() => network.LoadWeights(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("digest"));
            Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
        });
    }

    [Test]
    public void A_file_without_a_digest_is_read_and_to_other_readers_it_is_metadata()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        new Sequential([3], 1, new Dense(2)).Save(path);
        using (SafetensorsReader reader = SafetensorsReader.Open(path))
            Assert.That(reader.Metadata[ContentDigest.Key], Does.Match("^[0-9a-f]{64}$"));
        (List<SafetensorEntry> tensors, Dictionary<string, string> metadata) = SafetensorsEdit.Read(path);
        SafetensorsWriter.Write(path, tensors, metadata);
        Assert.That(() => Sequential.Load(path), Throws.Nothing);
    }

    [TestCase(float.NaN, 0, 1)]
    [TestCase(1, float.PositiveInfinity, 1)]
    [TestCase(1, 0, 0)]
    [TestCase(1, 0, -1)]
    [TestCase(1, 0, float.NaN)]
    public void An_input_scaling_that_cannot_be_carried_out_is_refused(float scale, float mean, float deviation)
    {
        Assert.That(() => new InputScaling(scale, mean, deviation), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new InputScaling() with { Scale = scale, Mean = mean, StandardDeviation = deviation }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        new Sequential([3], 1, new Dense(2)) { InputScaling = new InputScaling() }.Save(path);
        if (float.IsFinite(deviation))
        {
            SafetensorsEdit.SetMetadata(path, "input_standard_deviation", deviation.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
            Assert.That(() => Sequential.Load(path), deviation > 0 ? Throws.Nothing : Throws.InstanceOf<InvalidDataException>().With.Message.Contains("input scaling is invalid"));
        }
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(float.NaN)]
    public void A_deviation_that_nothing_can_be_divided_by_is_neither_saved_nor_loaded(float deviation)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        var network = new Sequential([2], 1, new Standardization([1, 2], [3, 4]), new Dense(2));
        network.Save(path);
        (List<SafetensorEntry> tensors, Dictionary<string, string> metadata) = SafetensorsEdit.Read(path);
        tensors[tensors.FindIndex(tensor => tensor.Name == "standardization1.deviation")] = SafetensorEntry.FromFloats("standardization1.deviation", [2], [1, deviation]);
        SafetensorsWriter.Write(path, tensors, metadata);
        Assert.That(() => Sequential.Load(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("standardization1.deviation must be finite and positive"));
        Assert.That(() => network.LoadWeights(path), Throws.InstanceOf<InvalidDataException>());
        network.Parameters["standardization1.deviation"].Values[0] = deviation;
        Assert.That(() => network.Save(path), Throws.InvalidOperationException.With.Message.Contains("standardization1.deviation"));
    }

    [Test]
    public void Save_refuses_what_Load_would_refuse_or_misread()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        Layer deep = new Flatten();
        for (int depth = 0; depth < 33; depth++)
            deep = new Residual(deep);
        Assert.Multiple(() =>
        {
            Refused(new Sequential([2], 1, deep), "more than 32 deep");
            Refused(new Sequential([2], 1, [.. Enumerable.Repeat(new Flatten(), 10_001)]), "more than 10000 layers");
            Refused(new Sequential([2], 1, new Odd("value", float.NaN)), "odd: setting \"value\" is NaN");
            Refused(new Sequential([2], 1, new Odd("value", double.PositiveInfinity)), "setting \"value\" is Infinity");
            Refused(new Sequential([2], 1, new Odd("value", "\ud800")), "cannot be encoded as UTF-8");
            Refused(new Sequential([2], 1, new Odd("\ud800", 1)), "cannot be encoded as UTF-8");
            Refused(new Sequential([2], 1, new Odd("value", new int[]?[] { [1] })), "setting \"value\" has a value of type Int32[]");
            Refused(new Sequential([2], 1, new Odd("value", new string?[] { null })), "setting \"value\" has a value of type null");
            Refused(new Sequential([2], 1, new Odd("value", 1m)), "setting \"value\" has a value of type Decimal");
            Refused(new Sequential([2], 1, new Odd("kind", 1)), "cannot have the name \"kind\"");
            Assert.That(() => new Sequential([2], 1, new Dense(2)) { ClassNames = ["\udc00", ""] }.Save(path), Throws.ArgumentException.With.Message.Contains("cannot be encoded as UTF-8"));
            Assert.That(() => new Sequential([2], 1, new Dense(2)).Save(""), Throws.ArgumentException);
            Assert.That(() => new Sequential([2], 1, new Dense(2)).Save(path, (TensorNaming)99), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
        Assert.That(folder.FileNames, Is.Empty);

        void Refused(Sequential network, string message) => Assert.That(() => network.Save(path), Throws.InstanceOf<NotSupportedException>().With.Message.Contains(message));
    }

    [Test]
    public void The_deepest_and_longest_networks_that_are_saved_are_loaded()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        Layer deep = new ActivationLayer(Activation.Elu(0.5f));
        for (int depth = 0; depth < 31; depth++)
            deep = new Residual(deep);
        foreach (Sequential network in (Sequential[])[new([2], 1, deep), new([2], 1, [.. Enumerable.Repeat(new Flatten(), 10_000)])])
        {
            network.Save(path);
            Assert.That(Sequential.Load(path).Layers, Is.EqualTo(network.Layers));
        }
    }

    [Test]
    public void A_small_file_of_a_large_network_reserves_nothing()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        new Sequential([2_000_000_000], 1, new Flatten(), new Dropout(0.5f)).Save(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Sequential network = Sequential.Load(path);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
        Assert.That(network.InputShape.ElementCount, Is.EqualTo(2_000_000_000));
    }

    [Test]
    public void A_shape_of_millions_of_dimensions_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        SafetensorsWriter.Write(path, [], new Dictionary<string, string>
        {
            ["format"] = "NeuralNetFromScratch", ["format_version"] = "1", ["naming"] = "library",
            ["architecture"] = $$"""{"inputShape":[{{string.Join(',', Enumerable.Repeat(1, 2_200_000))}}],"layers":[{"kind":"flatten"}]}""",
        });
        Assert.That(() => Sequential.Load(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("a shape has at most 16 dimensions, got 2200000"));
        Assert.That(() => Shape.Create(new int[17]), Throws.ArgumentException);
        Shape widest = Shape.Create([.. Enumerable.Repeat(1, 16)]);
        Assert.That(() => widest.Prepend(2), Throws.ArgumentException.With.Message.Contains("at most 16 dimensions"));
        Assert.That(() => widest[16], Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_network_comes_out_of_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        var network = new Sequential([3], 1, new Dense(4, Activation.Relu), new BatchNormalization(), new Dense(2)) { ClassNames = ["no", "yes"] };
        Dataset data = NeuralNetFromScratch.Dataset.FromArrays(TestValues.Uniform(60, 3), [3], TestValues.Labels(20, 2, 4), 2);
        new Trainer(network, new SoftmaxCrossEntropy(), new Adam()).Fit(data, new FitOptions { Epochs = 2, Checkpoint = new CheckpointOptions { Path = path } });
        Sequential loaded = Sequential.Load(path);
        Assert.Multiple(() =>
        {
            Assert.That(TestValues.Bits(loaded.Parameters.Values), Is.EqualTo(TestValues.Bits(network.Parameters.Values)));
            Assert.That((loaded.OutputActivation, loaded.ClassNames[1]), Is.EqualTo(((OutputActivation?)OutputActivation.Softmax, "yes")));
            Assert.That(() => network.LoadWeights(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("load its network with Sequential.Load"));
        });
        var own = new Sequential([3], 1, new ScaleLayer(), new Dense(2));
        new Trainer(own, new SoftmaxCrossEntropy(), new Sgd(0.1f)).Fit(data, new FitOptions { Epochs = 1, Checkpoint = new CheckpointOptions { Path = path } });
        Assert.That(Sequential.Load(path, BuiltInParts.With<ScaleLayer>()).Layers, Is.EqualTo(own.Layers));
    }

    /// <summary>A layer with a setting that files cannot hold.</summary>
    private sealed class Odd(string name, object value) : Layer(new Settings("odd", new Setting(name, value)))
    {
        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output) => throw new NotSupportedException();

        public override void Backward(
            in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient) => throw new NotSupportedException();
    }
}
