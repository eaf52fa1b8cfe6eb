using System.Numerics.Tensors;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Layers;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Exported networks in ONNX Runtime, against the library's own predictions.</summary>
public class OnnxExportTests
{
    private static readonly Activation[] Activations =
    [
        Activation.Identity, Activation.Relu, Activation.LeakyRelu(0.1f), Activation.Elu(0.7f), Activation.Selu, Activation.Gelu, Activation.GeluTanh,
        Activation.Silu, Activation.Softplus, Activation.Sigmoid, Activation.Tanh, Activation.HardSwish,
    ];

    private static readonly Layer[] Layers =
    [
        new Dense(5), new BatchNormalization(epsilon: 1e-3f), new BatchNormalization(affine: false), new LayerNormalization(1e-4f), new Dropout(0.5f),
        new GaussianNoise(1), new ScaleShift(), new Flatten(), new Standardization([1, 2, 3, 4, 5, 6], [1, 2, 3, 0.5f, 1, 1]),
        new Residual(new Dense(6, Activation.Gelu), new Residual(new Dense(6))), new ActivationLayer(Activation.Tanh),
    ];

    [Test]
    public void Every_activation_alone_and_in_a_layer([ValueSource(nameof(Activations))] Activation activation, [Values(1, 64)] int batch)
    {
        Compare(new Sequential([6], 1, new ActivationLayer(activation)) { OutputActivation = OutputActivation.None }, batch);
        Compare(new Sequential([6], 1, new Dense(7, activation), new Dense(3)) { OutputActivation = OutputActivation.Softmax }, batch);
    }

    [Test]
    public void Every_layer_alone_and_in_a_network([ValueSource(nameof(Layers))] Layer layer, [Values(1, 64)] int batch)
    {
        Compare(new Sequential([6], 1, layer) { OutputActivation = OutputActivation.None }, batch);
        Compare(new Sequential(layer is Residual ? [6] : [2, 3], 1, layer, new Dense(9, Activation.Relu), new Dense(4)) { OutputActivation = OutputActivation.Softmax }, batch);
    }

    [Test]
    public void Every_output_transform([Values] OutputActivation transform, [Values] bool applies)
    {
        var network = new Sequential([6], 1, new Dense(5)) { OutputActivation = transform };
        float[] inputs = TestValues.Uniform(18, 1), ours = network.Predict(Tensor.Create<float>(inputs, [3, 6])).AsMatrix().Span.ToArray();
        float[] theirs = OnnxRun.Predict(network, inputs, 3, new() { AppliesOutputActivation = applies });
        if (!applies)
            ours = new Sequential([6], 1, new Dense(5)) { OutputActivation = OutputActivation.None }.Predict(Tensor.Create<float>(inputs, [3, 6])).AsMatrix().Span.ToArray();
        Assert.That(theirs, Is.EqualTo(ours).Within(1e-5));
    }

    [Test]
    public void Input_scaling_can_be_part_of_the_model()
    {
        var network = new Sequential([2, 2], 1, new Dense(3)) { OutputActivation = OutputActivation.Softmax, InputScaling = new InputScaling(1f / 255, 0.13f, 0.3f) };
        byte[] raw = [0, 10, 128, 255];
        float[] input = new float[4];
        network.InputScaling.Apply(raw, input);
        float[] theirs = OnnxRun.Predict(network, [.. raw.Select(value => (float)value)], 1, new() { IncludesInputScaling = true, InputName = "pixels" });
        Assert.That(theirs, Is.EqualTo(network.Predict(Tensor.Create<float>(input, [1, 4])).AsMatrix().Span.ToArray()).Within(1e-5));
        var without = new Sequential([4], 1, new Dense(3)) { OutputActivation = OutputActivation.Softmax };
        Assert.That(() => OnnxModel.Export(without, Stream.Null, new() { IncludesInputScaling = true }), Throws.ArgumentException);
    }

    [Test]
    public void Layers_and_activations_of_ones_own_are_refused()
    {
        Assert.That(
            () => OnnxModel.Export(new Sequential([3], 1, new Training.ScaleLayer()) { OutputActivation = OutputActivation.Softmax }, Stream.Null),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("scale1"));
        Assert.That(
            () => OnnxModel.Export(new Sequential([3], 1, new Dense(2, new SwishActivation())) { OutputActivation = OutputActivation.Softmax }, Stream.Null), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("swish"));
    }

    [Test]
    [Category("Process")]
    public void The_model_checker_accepts_every_kind_of_layer()
    {
        using var folder = new TemporaryFolder();
        List<string> files = [];
        foreach (Layer layer in Layers)
        {
            files.Add(folder.File($"{files.Count}.onnx"));
            OnnxModel.Export(new Sequential(layer is Residual ? [6] : [2, 3], 1, layer, new Dense(4)) { OutputActivation = OutputActivation.Softmax, InputScaling = new(0.5f) }, files[^1], new() { IncludesInputScaling = true });
        }

        foreach (Activation activation in Activations)
        {
            files.Add(folder.File($"{files.Count}.onnx"));
            OnnxModel.Export(new Sequential([6], 1, new Dense(4, activation)) { OutputActivation = OutputActivation.Softmax }, files[^1]);
        }

        foreach (Layer layer in OnnxPictureTests.Layers)
        {
            foreach (bool channelsLast in (bool[])[false, true])
            {
                files.Add(folder.File($"{files.Count}.onnx"));
                OnnxModel.Export(new Sequential([7, 8, 3], 1, new Conv2D(3, 1), layer, new Dense(4)) { OutputActivation = OutputActivation.Softmax, InputScaling = new(0.5f) }, files[^1], new() { IncludesInputScaling = true, ChannelsLast = channelsLast });
                files.Add(folder.File($"{files.Count}.onnx"));
                OnnxModel.Export(new Sequential([7, 8, 3], 1, new Conv2D(3, 1), layer) { OutputActivation = OutputActivation.None }, files[^1], new() { ChannelsLast = channelsLast });
            }
        }

        Assert.That(Peer.Run("onnx", "Onnx/onnx_models.py", ["check", .. files]).Trim(), Is.EqualTo($"{files.Count} models are fine"));
    }

    [Test]
    public void A_file_is_written_whole()
    {
        using var folder = new TemporaryFolder();
        OnnxModel.Export(new Sequential([3], 1, new Dense(2)) { OutputActivation = OutputActivation.Softmax }, folder.File("a.onnx"));
        Assert.That(folder.FileNames, Is.EqualTo((string[])["a.onnx"]));
        Assert.That(OnnxModel.Import(folder.File("a.onnx")).OutputShape.ElementCount, Is.EqualTo(2));
    }

    private static void Compare(Sequential network, int batch)
    {
        // Training moves running statistics away from where they start.
        if (network.Parameters.TrainableCount > 0)
        {
            OutputActivation? meaning = network.OutputActivation;
            network.OutputActivation = null;
            var trainer = new Trainer(network, new MeanSquaredError(), new Adam(0.01f));
            network.OutputActivation = meaning;
            int outputs = network.OutputShape.ElementCount;
            for (ulong step = 0; step < 5; step++)
                trainer.TrainStep(new ReadOnlyMatrixView(TestValues.Uniform(60, step, -2, 3), 10, 6), new ReadOnlyMatrixView(TestValues.Uniform(10 * outputs, step), 10, outputs));
        }

        float[] inputs = TestValues.Uniform(batch * 6, 9, -4, 4), ours = network.Predict(Tensor.Create<float>(inputs, [batch, 6])).AsMatrix().Span.ToArray();
        Assert.That(OnnxRun.Predict(network, inputs, batch), Is.EqualTo(ours).Within(1e-5));
        using var stream = new MemoryStream();
        OnnxModel.Export(network, stream);
        stream.Position = 0;
        Sequential back = OnnxModel.Import(stream);
        Assert.That(back.Predict(Tensor.Create<float>(inputs, [batch, 6])).AsMatrix().Span.ToArray(), Is.EqualTo(ours).Within(1e-5), "imported again");
    }
}
