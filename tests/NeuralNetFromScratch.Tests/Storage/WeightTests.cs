using System.Globalization;
using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>Weights alone: from files of the library, of PyTorch, and with names of their own.</summary>
public class WeightTests
{
    [Test]
    public void Weights_that_do_not_fit_are_all_listed_and_nothing_changes()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights");
        new Sequential([3], 1, new Dense(4), new Dense(2)).Save(path);
        var other = new Sequential([3], 1, new Dense(5), new LayerNormalization());
        int[] before = TestValues.Bits(other.Parameters.Values);
        string message = Assert.Throws<InvalidDataException>(() => other.LoadWeights(path))!.Message;
        foreach (string part in (string[])
            [
                path, "dense1.weight must have the shape [3, 5], got [3, 4]", "dense1.bias must have the shape [5], got [4]", "layernorm1.scale [5] is missing",
                "layernorm1.shift [5] is missing", "dense2.weight is not expected", "dense2.bias is not expected",
            ])
        {
            Assert.That(message, Does.Contain(part));
        }

        Assert.That(TestValues.Bits(other.Parameters.Values), Is.EqualTo(before));
        var same = new Sequential([3], 9, new Dense(4), new Dense(2));
        same.LoadWeights(path);
        Assert.That(TestValues.Bits(same.Parameters.Values), Is.EqualTo(TestValues.Bits(Sequential.Load(path).Parameters.Values)));
    }

    [Test]
    public void The_count_of_batches_that_PyTorch_keeps_is_passed_over_in_its_naming_alone([Values] TensorNaming naming)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights"), bias = naming == TensorNaming.PyTorch ? "0.bias" : "scaleshift1.shift";
        string weight = naming == TensorNaming.PyTorch ? "0.weight" : "scaleshift1.scale";
        SafetensorsWriter.Write(path,
        [
            SafetensorEntry.FromFloats(weight, [2], [1, 2]), SafetensorEntry.FromFloats(bias, [2], [3, 4]),
            new("1.num_batches_tracked", SafetensorType.I64, [], new byte[8]),
        ]);
        var network = new Sequential([2], 1, new ScaleShift());
        Assert.That(
            () => network.LoadWeights(path, naming),
            naming == TensorNaming.PyTorch ? Throws.Nothing : Throws.InstanceOf<InvalidDataException>().With.Message.Contains("1.num_batches_tracked is not expected"));
    }

    [Test]
    public void Weights_that_are_no_numbers_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights");
        SafetensorsWriter.Write(path, [new("scaleshift1.scale", SafetensorType.F8E4M3, [2], new byte[2]), SafetensorEntry.FromFloats("scaleshift1.shift", [2], [3, 4])]);
        var network = new Sequential([2], 1, new ScaleShift());
        Assert.That(
            () => network.LoadWeights(path),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("scaleshift1.scale has elements of type F8_E4M3, which cannot be read as floats"));
    }

    [Test]
    [Category("Process")]
    public void PyTorch_predicts_the_same_with_weights_written_here()
    {
        Sequential network = TorchTwin(seed: 5);
        var trainer = new Trainer(network, new MeanSquaredError(), new Adam(0.01f));
        for (ulong step = 0; step < 10; step++)
            trainer.TrainStep(new ReadOnlyMatrixView(TestValues.Uniform(96, step), 16, 6), TestValues.Labels(16, 3, step));
        using var folder = new TemporaryFolder();
        string path = folder.File("for_torch.safetensors");
        network.Save(path, TensorNaming.PyTorch);
        float[] theirs = Parse(Peer.Run("torch", "Storage/torch_models.py", "predict", path));
        Assert.That(network.Predict(Inputs()).AsMatrix().Span.ToArray(), Is.EqualTo(theirs).Within(1e-5));
    }

    [Test]
    [Category("Process")]
    public void Weights_written_by_PyTorch_predict_the_same_here()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("from_torch.safetensors");
        float[] theirs = Parse(Peer.Run("torch", "Storage/torch_models.py", "write", path));
        Sequential network = TorchTwin(seed: 0);
        network.LoadWeights(path, TensorNaming.PyTorch);
        Assert.That(network.Predict(Inputs()).AsMatrix().Span.ToArray(), Is.EqualTo(theirs).Within(1e-5));
        Assert.That(() => Sequential.Load(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("LoadWeights"));
    }

    [Test]
    public void A_layer_without_bias_takes_a_linear_module_without_one()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights");
        SafetensorsWriter.Write(path, [SafetensorEntry.FromFloats("0.weight", [2, 3], [1, 2, 3, 4, 5, 6])]);
        var network = new Sequential([3], 1, new Dense(2) { HasBias = false });
        network.LoadWeights(path, TensorNaming.PyTorch);
        Assert.That(network.Parameters["dense1.weight"].Values.ToArray(), Is.EqualTo((float[])[1, 4, 2, 5, 3, 6]));
        network.Save(folder.File("again"), TensorNaming.PyTorch);
        using SafetensorsReader reader = SafetensorsReader.Open(folder.File("again"));
        Assert.That(reader.Tensors.Select(tensor => $"{tensor}"), Is.EqualTo((string[])["0.weight F32 [2, 3]"]));
    }

    [Test]
    public void A_bias_that_is_missing_becomes_zero_if_that_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights");
        SafetensorsWriter.Write(path, [SafetensorEntry.FromFloats("0.weight", [2, 3], [1, 2, 3, 4, 5, 6])]);
        var network = new Sequential([3], 1, new Dense(2, biasInitializer: Initializer.Constant(7)));
        var options = new WeightLoadOptions { Naming = TensorNaming.PyTorch };
        Assert.That(() => network.LoadWeights(path, options), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("0.bias [2] is missing"));
        network.LoadWeights(path, options with { ZeroMissingBiases = true });
        Assert.That(network.Parameters["dense1.bias"].Values.ToArray(), Is.EqualTo((float[])[0, 0]));
        SafetensorsWriter.Write(path, [SafetensorEntry.FromFloats("0.bias", [2], [1, 2])]);
        Assert.That(
            () => network.LoadWeights(path, options with { ZeroMissingBiases = true }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("0.weight [2, 3] is missing"), "a weight is no bias");
    }

    [TestCase("fc1", "fc2")]
    [TestCase("linear_relu_stack.0", "linear_relu_stack.2")]
    [TestCase("module.encoder.0", "module.head")]
    [TestCase("_orig_mod.1", "_orig_mod.0")]
    public void Modules_with_names_of_their_own_are_taken_by_a_map_or_by_their_shapes(string first, string second)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights");
        float[] weights = TestValues.Uniform(12, 1), heads = TestValues.Uniform(8, 2);
        SafetensorsWriter.Write(path,
        [
            SafetensorEntry.FromFloats($"{first}.weight", [4, 3], weights), SafetensorEntry.FromFloats($"{first}.bias", [4], [1, 2, 3, 4]),
            SafetensorEntry.FromFloats($"{second}.weight", [2, 4], heads), SafetensorEntry.FromFloats($"{second}.bias", [2], [5, 6]),
        ]);
        var named = new Sequential([3], 1, new Dense(4, Activation.Relu), new Dense(2));
        var shaped = new Sequential([3], 2, new Dense(4, Activation.Relu), new Dense(2));
        named.LoadWeights(path, new WeightLoadOptions
        {
            Naming = TensorNaming.PyTorch, Names = new Dictionary<string, string> { ["dense1"] = first, ["dense2.weight"] = $"{second}.weight", ["dense2.bias"] = $"{second}.bias" },
        });
        shaped.LoadWeights(path, new WeightLoadOptions { Naming = TensorNaming.PyTorch, ByShape = true });
        Assert.Multiple(() =>
        {
            Assert.That(named.Parameters["dense1.weight"].Values[1], Is.EqualTo(weights[3]), "turned");
            Assert.That(named.Parameters["dense2.bias"].Values.ToArray(), Is.EqualTo((float[])[5, 6]));
            Assert.That(TestValues.Bits(shaped.Parameters.Values), Is.EqualTo(TestValues.Bits(named.Parameters.Values)));
            Assert.That(
                () => named.LoadWeights(path, TensorNaming.PyTorch), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("0.weight [4, 3] is missing")
                    .And.Message.Contains("new WeightLoadOptions { Naming = TensorNaming.PyTorch, ByShape = true }"));
            Assert.That(
                () => new Sequential([3], 1, new Dense(5), new Dense(2)).LoadWeights(path, TensorNaming.PyTorch),
                Throws.InstanceOf<InvalidDataException>().With.Message.Contains("specify them with WeightLoadOptions.Names: { [\"dense1\"] = "));
            Assert.That(
                () => named.LoadWeights(path, new WeightLoadOptions { Names = new Dictionary<string, string> { ["dense3"] = "fc3" } }),
                Throws.ArgumentException.With.Message.Contains("no layer or parameter \"dense3\"; its parameters are dense1.weight"));
        });
    }

    [Test]
    public void Layers_with_the_same_shapes_are_not_told_apart_by_them()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights");
        SafetensorsWriter.Write(path,
        [
            SafetensorEntry.FromFloats("a.weight", [3, 3], new float[9]), SafetensorEntry.FromFloats("a.bias", [3], new float[3]),
            SafetensorEntry.FromFloats("b.weight", [3, 3], new float[9]), SafetensorEntry.FromFloats("b.bias", [3], new float[3]),
        ]);
        var network = new Sequential([3], 1, new Dense(3), new Dense(3));
        var options = new WeightLoadOptions { Naming = TensorNaming.PyTorch, ByShape = true };
        Assert.That(() => network.LoadWeights(path, options), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("a and b have the shapes of dense1"));
        Assert.That(
            () => new Sequential([3], 1, new Dense(4)).LoadWeights(path, options), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("no module of the file has the shapes of dense1"));
        SafetensorsWriter.Write(path, [SafetensorEntry.FromFloats("a.weight", [3, 3], new float[9]), SafetensorEntry.FromFloats("a.bias", [3], new float[3]), SafetensorEntry.FromFloats("z.w", [1], [1])]);
        Assert.That(() => new Sequential([3], 1, new Dense(3)).LoadWeights(path, options), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("z fits no layer"));
    }

    [Test]
    public void Normalizations_and_blocks_are_taken_by_their_shapes_too()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights");
        var network = new Sequential([3], 1, new Dense(5), new BatchNormalization(), new Residual(new Dense(5)), new Dense(2));
        network.Save(path, TensorNaming.PyTorch);
        using (SafetensorsReader reader = SafetensorsReader.Open(path))
        {
            SafetensorEntry[] renamed = [.. reader.Tensors.Select(tensor =>
            {
                var values = new float[tensor.Length];
                reader.ReadFloats(tensor, values);
                return SafetensorEntry.FromFloats($"net.x{tensor.Name}", Shape.Create([.. tensor.Dimensions.Select(size => (int)size)]), values);
            })];
            SafetensorsWriter.Write(path, [.. renamed, new("net.x1.num_batches_tracked", SafetensorType.I64, [], new byte[8])]);
        }

        Sequential other = new([3], 9, new Dense(5), new BatchNormalization(), new Residual(new Dense(5)), new Dense(2));
        other.LoadWeights(path, new WeightLoadOptions { Naming = TensorNaming.PyTorch, ByShape = true });
        Assert.That(TestValues.Bits(other.Parameters.Values), Is.EqualTo(TestValues.Bits(network.Parameters.Values)));
    }

    /// <summary>The network of torch_models.py.</summary>
    private static Sequential TorchTwin(ulong seed) =>
        new(
            [6], seed, new Dense(8, Activation.Relu), new BatchNormalization(), new Dropout(0.3f), new Residual(new Dense(8, Activation.Gelu)), new LayerNormalization(),
            new Dense(3, Activation.Tanh), new Dense(3))
        {
            OutputActivation = OutputActivation.None,
        };

    private static Tensor<float> Inputs() => Tensor.Create<float>([.. Enumerable.Range(0, 30).Select(i => MathF.Sin(i * 0.37f))], [5, 6]);

    private static float[] Parse(string lines) =>
        [.. lines.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
}
