using System.Numerics.Tensors;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Networks of pictures in ONNX Runtime, and back: [height, width, channels] in the library, [channels, height, width] in ONNX.</summary>
public class OnnxPictureTests
{
    public static readonly Layer[] Layers =
    [
        new Conv2D(5, 3), new Conv2D(4, new Size2D(3, 2), Activation.Relu) { Stride = new Size2D(2, 1) }, new Conv2D(4, 3, Activation.Gelu) { Padding = Padding2D.Same },
        new Conv2D(6, 3, Activation.Tanh) { Padding = Padding2D.Same, Stride = 2, HasBias = false }, new Conv2D(4, 2) { Padding = new(0, 2, 1, 0), Dilation = new Size2D(2, 3) },
        new Conv2D(3, 3) { Groups = 3 }, new Conv2D(6, 3) { Groups = 3, Padding = 1 }, new Conv2D(7, 1, Activation.LeakyRelu(0.1f)), new MaxPool2D(2), new MaxPool2D(3) { Stride = 2, Padding = 1 },
        new MaxPool2D(new Size2D(1, 3)) { Padding = Padding2D.Same }, new AveragePool2D(2), new AveragePool2D(3) { Stride = new Size2D(1, 2), Padding = new(1, 0, 2, 1) },
        new AveragePool2D(3) { Padding = Padding2D.Same, CountsPadding = false }, new GlobalAveragePool2D(), new GlobalMaxPool2D(), new ZeroPadding2D(new Padding2D(1, 2, 0, 3)), new Upsample2D(2),
        new Upsample2D(new Size2D(1, 3)), new BatchNormalization(), new BatchNormalization(affine: false), new SpatialDropout2D(0.3f), new ActivationLayer(Activation.Silu), new LayerNormalization(),
        new ScaleShift(), new Residual(new Conv2D(3, 3, Activation.Relu) { Padding = 1 }, new Conv2D(3, 3) { Padding = 1 }),
        new Residual(new Conv2D(4, 3, Activation.Relu) { Padding = 1, Stride = 2 }, new BatchNormalization()) { Projection = [new Conv2D(4, 1) { Stride = 2 }] },
        new Residual(new Flatten(), new Dense(4)) { Projection = [new GlobalAveragePool2D(), new Dense(4)] }, new Standardization([.. Enumerable.Range(0, 168).Select(i => i / 100f)], [.. Enumerable.Range(1, 168).Select(i => i / 50f)]),
        new Standardization([1, 2, 3, 4], [2, 3, 1, 2]),
    ];

    [Test]
    public void Every_layer_of_pictures_at_every_place([ValueSource(nameof(Layers))] Layer layer, [Values(1, 64)] int batch)
    {
        Shape shape = [7, 8, 3];
        Compare(Network(shape, layer is Conv2D or Pool2D ? [layer] : [new Conv2D(3, 1), layer]), batch);
        Compare(Network(shape, new Conv2D(3, 1), layer, new Dense(4, Activation.Relu), new Dense(3)), batch);
        Compare(Network(shape, new Conv2D(3, 3, Activation.Relu) { Padding = 1 }, layer, new Flatten(), new ActivationLayer(Activation.Tanh), new BatchNormalization(), new Dense(3)), batch);
    }

    [Test]
    public void Small_networks([Values(1, 3)] int channels, [Values(1, 64)] int batch)
    {
        Compare(Network([28, 28, channels], new Conv2D(6, 5, Activation.Tanh) { Padding = 2 }, new AveragePool2D(2), new Conv2D(16, 5, Activation.Tanh), new AveragePool2D(2), new Dense(30, Activation.Tanh), new Dense(10)), batch);
        Compare(Network([12, 10, channels], new Conv2D(8, 3) { HasBias = false }, new BatchNormalization(), new ActivationLayer(Activation.Relu), new MaxPool2D(2), new SpatialDropout2D(0.2f), new Conv2D(4, 3), new GlobalAveragePool2D(), new Dense(10)), batch);
        Compare(Network([8, 8, channels], new Conv2D(8, 3), new Conv2D(8, 3) { Groups = 8, Padding = 1 }, new Conv2D(12, 1, Activation.Relu), new Flatten(), new LayerNormalization(), new Dense(10)), batch);
    }

    [Test]
    public void A_picture_of_two_axes_counts_as_one_of_one_channel()
    {
        Sequential network = Network([6, 7], new Conv2D(3, 3, Activation.Relu), new MaxPool2D(2), new Dense(3));
        float[] inputs = Reference.TestValues.Uniform(2 * 42, 9, -1, 1);
        Assert.That(OnnxRun.Predict(network, inputs, 2), Is.EqualTo(Predict(network, inputs, 2)).Within(1e-5));
    }

    [TestCase(false, "Conv Relu MaxPool Conv Relu Flatten Gemm Identity")]
    [TestCase(true, "Transpose Conv Relu MaxPool Conv Relu Flatten Gemm Identity")]
    public void Channels_stay_in_the_first_place(bool channelsLast, string operators)
    {
        ModelProto model = Model(Network([8, 8, 3], new Conv2D(4, 3, Activation.Relu), new MaxPool2D(2), new Conv2D(5, 2, Activation.Relu), new Flatten(), new Dense(3)), channelsLast);
        Assert.That(string.Join(' ', model.Graph.Node.Select(node => node.OpType)), Is.EqualTo(operators));
        Assert.That(model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(size => size.DimValue), Is.EqualTo(channelsLast ? (long[])[0, 8, 8, 3] : [0, 3, 8, 8]));
    }

    [Test]
    public void A_network_that_was_imported_and_exported_has_the_operators_of_the_first_file()
    {
        Sequential network = Network([8, 8, 3], new Conv2D(4, 3, Activation.Relu), new Residual(new Conv2D(4, 3) { Padding = 1 }), new Conv2D(5, 2, Activation.Relu), new Flatten(), new Dense(3));
        Sequential back = Import(network, false, false);
        string[] before = [.. Model(network, false).Graph.Node.Select(node => node.OpType)], after = [.. Model(back, false).Graph.Node.Select(node => node.OpType)];
        Assert.That(after.Where(type => type is not ("Flatten" or "Reshape")), Is.EqualTo(before.Where(type => type != "Flatten")));
    }

    [Test]
    public void A_picture_is_normalized_by_the_model_itself()
    {
        Sequential made = Network([5, 5, 2], new Conv2D(3, 3), new Dense(2));
        var network = new Sequential(new Chain(made.InputShape, made.Layers)) { OutputActivation = OutputActivation.Softmax, InputScaling = new InputScaling(1f / 255, 0.2f, 0.5f) };
        for (int i = 0; i < made.Parameters.Count; i++)
            made.Parameters[i].Values.CopyTo(network.Parameters[i].Values);
        float[] inputs = Reference.TestValues.Uniform(100, 9, 0, 255), scaled = [.. inputs.Select(value => ((value / 255) - 0.2f) / 0.5f)];
        float[] theirs = OnnxRun.Predict(Bytes(network, new OnnxExportOptions { IncludesInputScaling = true }), Turned(inputs, 5, 5, 2), [2, 2, 5, 5], "input");
        Assert.That(theirs, Is.EqualTo(Predict(network, scaled, 2)).Within(1e-5));
    }

    private static void Compare(Sequential network, int batch)
    {
        (int height, int width, int channels) = (network.InputShape[0], network.InputShape[1], network.InputShape[2]);
        float[] inputs = Reference.TestValues.Uniform(batch * network.InputShape.ElementCount, 9, -1, 1), turned = Turned(inputs, height, width, channels);
        float[] ours = Predict(network, inputs, batch), outputs = network.OutputShape.Rank == 3 ? Turned(ours, network.OutputShape[0], network.OutputShape[1], network.OutputShape[2]) : ours;
        double tolerance = 1e-5 * Math.Max(1, ours.Max(Math.Abs));
        Assert.That(OnnxRun.Predict(Bytes(network), turned, [batch, channels, height, width], "input"), Is.EqualTo(outputs).Within(tolerance), $"{network}");
        Assert.That(OnnxRun.Predict(Bytes(network, new() { ChannelsLast = true }), inputs, [batch, height, width, channels], "input"), Is.EqualTo(ours).Within(tolerance), $"channels last: {network}");

        Sequential back = Import(network, false, false);
        Assert.That(back.InputShape, Is.EqualTo(Shape.Create([channels, height, width])));
        Assert.That(Predict(back, turned, batch), Is.EqualTo(outputs).Within(tolerance), $"read again: {back}");
        Assert.That(OnnxRun.Predict(back, turned, batch), Is.EqualTo(outputs).Within(tolerance), $"written again: {back}");
        Sequential last = Import(network, false, true);
        Assert.That(last.InputShape, Is.EqualTo(network.InputShape));
        Assert.That(Predict(last, inputs, batch), Is.EqualTo(ours).Within(tolerance), $"read with channels last: {last}");
        Assert.That(Predict(Import(network, true, false), inputs, batch), Is.EqualTo(ours).Within(tolerance), "written with channels last, read as it says");
        using var saved = new MemoryStream();
        last.Save(saved);
        saved.Position = 0;
        Assert.That(Predict(Sequential.Load(saved, OnnxParts.Registry), inputs, batch), Is.EqualTo(Predict(last, inputs, batch)), "saved and loaded");
    }

    private static float[] Predict(Sequential network, float[] inputs, int batch) =>
        network.Predict(Tensor.Create<float>(inputs, [batch, network.InputShape.ElementCount])).AsMatrix().Span.ToArray();

    private static byte[] Bytes(Sequential network, OnnxExportOptions? options = null)
    {
        using var stream = new MemoryStream();
        OnnxModel.Export(network, stream, options);
        return stream.ToArray();
    }

    private static ModelProto Model(Sequential network, bool channelsLast) => ModelProto.Parser.ParseFrom(Bytes(network, new() { ChannelsLast = channelsLast }));

    private static Sequential Import(Sequential network, bool isWrittenLast, bool isReadLast) =>
        OnnxModel.Import(new MemoryStream(Bytes(network, new() { ChannelsLast = isWrittenLast })), new() { ChannelsLast = isReadLast });

    /// <summary>Pictures with their channels first.</summary>
    private static float[] Turned(float[] values, int height, int width, int channels)
    {
        float[] turned = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int channel = i % channels, place = i / channels % (height * width), sample = i / channels / (height * width);
            turned[(sample * channels + channel) * height * width + place] = values[i];
        }

        return turned;
    }

    private static Sequential Network(Shape shape, params Layer[] layers)
    {
        var network = new Sequential(shape, 3, layers) { OutputActivation = OutputActivation.None };
        foreach (Parameter parameter in network.Parameters)
        {
            float[] values = Reference.TestValues.Uniform(parameter.Shape.ElementCount, (ulong)parameter.Offset + 5, parameter.Name.EndsWith("variance", StringComparison.Ordinal) ? 0.5f : -0.5f, 0.7f);
            if (!parameter.Name.EndsWith("deviation", StringComparison.Ordinal))
                values.CopyTo(parameter.Values);
        }

        return network;
    }
}
