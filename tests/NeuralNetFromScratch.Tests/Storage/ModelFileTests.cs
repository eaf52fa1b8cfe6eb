using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Layers;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.Tests.Training;

namespace NeuralNetFromScratch.Tests.Storage;

public class ModelFileTests
{
    [Test]
    public void A_network_of_every_kind_of_layer_comes_back_with_the_same_bits([Values] TensorNaming naming)
    {
        var network = new Sequential(
            [2, 3], 1, new Standardization([1, 2, 3, 4, 5, 6], [1, 2, 3, 0.5f, 1, 1]), new Flatten(), new Dense(8, Activation.LeakyRelu(0.125f)),
            new BatchNormalization(0.2f, 1e-3f), new ActivationLayer(Activation.Elu(0.7f)), new GaussianNoise(0.1f), new BatchNormalization(affine: false), new ScaleShift(),
            new Residual(new Dense(8, Activation.Gelu), new Residual(new Dense(8, Activation.GeluTanh)), new Dropout(0.5f)), new LayerNormalization(1e-4f),
            new Dense(4, Activation.Softplus))
        {
            OutputActivation = OutputActivation.Sigmoid,
            ClassNames = ["cat", "dög", "\"bird\"", ""],
            InputScaling = new InputScaling(1f / 255, 0.1307f, 0.3081f),
        };
        Train(network, 6, 4);
        using var folder = new TemporaryFolder();
        string path = folder.File("model.safetensors");
        network.Save(path, naming);
        Sequential loaded = Sequential.Load(path);
        Assert.That(loaded.Layers.Select(layer => layer.ToString()), Is.EqualTo(network.Layers.Select(layer => layer.ToString())));
        Assert.That(loaded.InputShape, Is.EqualTo(network.InputShape));
        Assert.That(loaded.OutputActivation, Is.EqualTo(OutputActivation.Sigmoid));
        Assert.That(loaded.ClassNames, Is.EqualTo(network.ClassNames));
        Assert.That(loaded.InputScaling, Is.EqualTo(network.InputScaling));
        Assert.That(TestValues.Bits(loaded.Parameters.Values), Is.EqualTo(TestValues.Bits(network.Parameters.Values)));
        var batch = Tensor.Create<float>(TestValues.Uniform(30, 3), [5, 6]);
        Assert.That(TestValues.Bits(loaded.Predict(batch).AsMatrix().Span), Is.EqualTo(TestValues.Bits(network.Predict(batch).AsMatrix().Span)));
        Assert.That(((BatchNormalization)loaded.Layers.ElementAt(3)).Momentum, Is.EqualTo(0.2f));
        Assert.That(((BatchNormalization)loaded.Layers.ElementAt(3)).Epsilon, Is.EqualTo(1e-3f));
        Assert.That(((LayerNormalization)loaded.Layers.ElementAt(9)).Epsilon, Is.EqualTo(1e-4f));
    }

    [Test]
    public void Skipping_of_zeros_comes_back_and_survives_folding([Values] ZeroSkipping skips)
    {
        using var folder = new TemporaryFolder();
        new Sequential([1], 0, new Dense(1) { ZeroSkipping = skips }, new ActivationLayer(Activation.Relu)).Save(folder.File("zeros"));
        var loaded = Sequential.Load(folder.File("zeros"));
        Assert.That(((Dense)loaded.Layers[0]).ZeroSkipping, Is.EqualTo(skips));
        Assert.That(((Dense)loaded.FuseBatchNormalization().Layers.Single()).ZeroSkipping, Is.EqualTo(skips));
    }

    [Test]
    public void Every_activation_comes_back()
    {
        Activation[] all =
        [
            Activation.Identity, Activation.Relu, Activation.Sigmoid, Activation.Tanh, Activation.Selu, Activation.Silu, Activation.HardSwish, Activation.Gelu,
            Activation.GeluTanh, Activation.Softplus, Activation.Elu(0.3f), Activation.LeakyRelu(0), Activation.LeakyRelu(1e-7f),
        ];
        using var folder = new TemporaryFolder();
        foreach (Activation activation in all)
        {
            new Sequential([1], 0, new Dense(1, activation)).Save(folder.File("a"));
            Assert.That(((Dense)Sequential.Load(folder.File("a")).Layers.Single()).Activation, Is.EqualTo(activation));
        }
    }

    [Test]
    public void Layers_and_activations_of_ones_own_are_read_with_a_registry_that_has_them()
    {
        var network = new Sequential([3], 1, new ScaleLayer(), new Dense(2, new SwishActivation())) { OutputActivation = OutputActivation.None };
        using var folder = new TemporaryFolder();
        string path = folder.File("own");
        network.Save(path);
        Assert.That(() => Sequential.Load(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("the kind \"scale\" is unknown"));
        PartRegistry withLayer = BuiltInParts.With<ScaleLayer>();
        Assert.That(() => Sequential.Load(path, withLayer), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("the kind \"swish\" is unknown"));
        Sequential loaded = Sequential.Load(path, withLayer.With<SwishActivation>());
        Assert.That(loaded.Layers, Is.EqualTo(network.Layers));
        var batch = Tensor.Create<float>(TestValues.Uniform(12, 3), [4, 3]);
        Assert.That(loaded.Predict(batch).AsMatrix().Span.ToArray(), Is.EqualTo(network.Predict(batch).AsMatrix().Span.ToArray()));
    }

    [Test]
    public void A_part_of_ones_own_with_a_kind_of_the_librarys_is_refused()
    {
        using var folder = new TemporaryFolder();
        var network = new Sequential([3], 1, new ActivationLayer(new FalseRelu()));
        Assert.That(() => network.Save(folder.File("own")), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("its kind \"relu\" is that of the library's"));
        Assert.That(() => BuiltInParts.With<FalseRelu>(), Throws.ArgumentException.With.Message.Contains("relu"));
    }

    [Test]
    public void A_residual_keeps_its_projection([Values] TensorNaming naming)
    {
        using var folder = new TemporaryFolder();
        var network = new Sequential([6], 3, new Residual(new Dense(4, Activation.Relu), new Dense(5)) { Projection = [new Dense(5)] }) { OutputActivation = OutputActivation.None };
        network.Save(folder.File("a"), naming);
        Sequential loaded = Sequential.Load(folder.File("a"));
        Assert.That(loaded.Layers, Is.EqualTo(network.Layers));
        var batch = Tensor.Create<float>(TestValues.Uniform(24, 3), [4, 6]);
        Assert.That(loaded.Predict(batch).AsMatrix().Span.ToArray(), Is.EqualTo(network.Predict(batch).AsMatrix().Span.ToArray()));
    }

    [TestCase("architecture", "{}", "is malformed")]
    [TestCase("architecture", "no json", "is malformed")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"softmax","layers":[]}""", "needs layers")]
    [TestCase("architecture", """{"inputShape":[0],"outputActivation":"softmax","layers":[{"kind":"flatten"}]}""", "needs layers and an input")]
    [TestCase("architecture", """{"inputShape":[-3],"outputActivation":"softmax","layers":[{"kind":"flatten"}]}""", "is malformed")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"argmax","layers":[{"kind":"flatten"}]}""", "output activation \"argmax\"")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"softmax","layers":[{"kind":"attention"}]}""", "\"attention\" is unknown")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"softmax","layers":[{"kind":"dense","units":0,"activation":{"kind":"relu"}}]}""", "units")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"softmax","layers":[{"kind":"dense","units":2,"activation":{"kind":"reluu"}}]}""", "\"reluu\" is unknown")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"softmax","layers":[{"kind":"dense","units":2,"activation":{"kind":"elu","alpha":"x"}}]}""", "alpha")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"softmax","layers":[{"kind":"dense","units":2147483647,"activation":{"kind":"relu"}}]}""", "the layers do not match")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"softmax","layers":[{"kind":"dense","units":100000000,"activation":{"kind":"relu"}}]}""", "must have the shape [3, 100000000], got [3, 2]")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"softmax","layers":[{"kind":"dropout","rate":2}]}""", "rate")]
    [TestCase("architecture", """{"inputShape":[3],"outputActivation":"softmax","layers":[{"kind":"standardization","features":4}]}""", "the layers do not match")]
    [TestCase("format", "other", "no network of this library")]
    [TestCase("format_version", "2", "format version \"2\"")]
    [TestCase("naming", "keras", "the naming \"keras\" is unknown")]
    [TestCase("class_names", "{", "class names are malformed")]
    [TestCase("class_names", "[1]", "class names are malformed")]
    [TestCase("input_scale", "one", "input_scale is not a number")]
    public void Invalid_metadata_are_refused_without_large_allocations(string key, string value, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        new Sequential([3], 1, new Dense(2, Activation.Relu)).Save(path);
        SafetensorsEdit.SetMetadata(path, key, value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => Sequential.Load(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(3_000_000));
    }

    [TestCase(32, null)]
    [TestCase(33, "more than 32 deep")]
    [TestCase(40, "is malformed")]
    public void Layers_too_deep_are_refused(int depth, string? message) => Described(
        string.Concat(Enumerable.Repeat("""{"kind":"residual","layers":[""", depth)) + """{"kind":"flatten"}""" + string.Concat(Enumerable.Repeat("]}", depth)),
        message);

    [TestCase(10_000, null)]
    [TestCase(10_001, "more than 10000 layers")]
    public void Too_many_layers_are_refused(int count, string? message) =>
        Described(string.Join(',', Enumerable.Repeat("""{"kind":"flatten"}""", count)), message);

    [Test]
    public void A_property_given_twice_is_refused() => Described("""{"kind":"flatten","kind":"flatten"}""", "is malformed");

    [Test]
    public void Layers_are_numbered_as_PyTorch_numbers_modules()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        new Sequential([3], 1, new Dense(4, Activation.Relu), new Dense(3), new BatchNormalization(), new Dense(2)).Save(path, TensorNaming.PyTorch);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Assert.That(reader.Tensors.Select(tensor => tensor.Name), Is.EquivalentTo((string[])
            ["0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias", "3.running_mean", "3.running_var", "4.weight", "4.bias"]));
    }

    [Test]
    public void A_copy_has_separate_parameters()
    {
        Sequential network = new([6], 5, new Dense(3)), copy = network.Copy();
        Assert.That(TestValues.Bits(copy.Parameters.Values), Is.EqualTo(TestValues.Bits(network.Parameters.Values)));
        copy.Parameters.Values.Clear();
        Assert.That(network.Parameters["dense1.weight"].Values[0], Is.Not.Zero);
    }

    [Test]
    public void Input_scaling_turns_bytes_into_inputs()
    {
        float[] input = new float[3];
        new InputScaling(0.5f, 1, 4).Apply([0, 2, 10], input);
        Assert.That(input, Is.EqualTo((float[])[-0.25f, 0, 1]));
        Assert.That(() => new InputScaling().Apply([1], input), Throws.ArgumentException);
    }

    /// <summary>Loads a model of layers without parameters from its description.</summary>
    private static void Described(string layers, string? message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        SafetensorsWriter.Write(path, [], new Dictionary<string, string>
        {
            ["format"] = "NeuralNetFromScratch",
            ["format_version"] = "1",
            ["naming"] = "library",
            ["architecture"] = $$"""{"inputShape":[3],"outputActivation":"none","layers":[{{layers}}]}""",
        });
        Assert.That(() => Sequential.Load(path), message is null ? Throws.Nothing : Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
    }

    private static void Train(Sequential network, int inputs, int classes)
    {
        // The meaning of the outputs is another than the loss's in some networks; the statistics are all that training is for.
        OutputActivation? meaning = network.OutputActivation;
        network.OutputActivation = null;
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(0.01f));
        network.OutputActivation = meaning ?? network.OutputActivation;
        for (ulong step = 0; step < 10; step++)
            trainer.TrainStep(new ReadOnlyMatrixView(TestValues.Uniform(16 * inputs, step), 16, inputs), TestValues.Labels(16, classes, step));
    }

    private sealed class FalseRelu() : Activation(new Settings(Kind)), IPart<FalseRelu>
    {
        public static string Kind => "relu";

        public override bool DerivativeNeedsInput => false;

        public static FalseRelu Create(Settings settings) => new();

        public override void Apply(ReadOnlySpan<float> input, Span<float> output) => input.CopyTo(output);

        public override void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient)
        {
        }
    }
}
