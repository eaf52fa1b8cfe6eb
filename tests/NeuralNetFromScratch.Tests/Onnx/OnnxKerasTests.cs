using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>
/// Convolutional networks of Keras as tf2onnx writes them: inputs [batch, height, width, channels], a transposition before what takes channels first and one back after it,
/// weights from a seed. What is imported gives what ONNX Runtime gives.
/// </summary>
public class OnnxKerasTests
{
    private static readonly long[] ToChannelsFirst = [0, 3, 1, 2], ToChannelsLast = [0, 2, 3, 1];

    private ulong _seed;

    [SetUp]
    public void Restart() => _seed = 0;

    [Test]
    public void A_network_of_two_convolutions_whose_transpositions_are_optimized_away([Values(11, 13, 17)] int opset)
    {
        // Conv2D(8, 5), MaxPooling2D, Conv2D(12, 3), MaxPooling2D, Flatten, Dense(32), Dense(10): tf2onnx merges biases, and reshapes where there is one channel.
        GraphSketch sketch = new GraphSketch(opset).Input("x", -1, 28, 28, 1).Integers("pictures", -1, 1, 28, 28).Integers("rows", -1, 300);
        Weights(sketch, "k1", 8, 1, 5, 5);
        Weights(sketch, "b1", 8);
        Weights(sketch, "k2", 12, 8, 3, 3);
        Weights(sketch, "b2", 12);
        sketch.Node("Reshape", "x pictures", "t").Node("Conv", "t k1 b1", "c1", Convolution(5)).Node("Relu", "c1", "r1").Node("MaxPool", "r1", "p1", Window(2));
        sketch.Node("Conv", "p1 k2 b2", "c2", Convolution(3)).Node("Relu", "c2", "r2").Node("MaxPool", "r2", "p2", Window(2));
        sketch.Node("Transpose", "p2", "u", ("perm", ToChannelsLast)).Node("Reshape", "u rows", "f");
        Dense(sketch, "f", "d1", 300, 32).Node("Relu", "d1", "h");
        Dense(sketch, "h", "d2", 32, 10).Node("Softmax", "d2", "y", ("axis", -1)).Output("y");
        Compare(sketch, [28, 28, 1], typeof(Conv2D), typeof(MaxPool2D), typeof(Conv2D), typeof(MaxPool2D), typeof(Dense), typeof(ActivationLayer), typeof(Dense));
    }

    [Test]
    public void A_network_whose_layers_each_transpose_there_and_back([Values(9, 11, 13, 17)] int opset)
    {
        // Conv2D(6, 3, strides=2, padding="same"), BatchNormalization, ReLU, Conv2D(8, 3, padding="same", activation="relu"), AveragePooling2D, GlobalAveragePooling2D, Dropout, Dense(5).
        GraphSketch sketch = new GraphSketch(opset).Input("x", -1, 16, 12, 3);
        Weights(sketch, "k1", 6, 3, 3, 3);
        Weights(sketch, "b1", 6);
        foreach (string name in (string[])["gamma", "beta", "mean"])
            Weights(sketch, name, 6);
        sketch.Floats("variance", [6], TestValues.Uniform(6, 99, 0.5f, 2));
        Weights(sketch, "k2", 8, 6, 3, 3);
        Weights(sketch, "b2", 8);
        There(sketch, "x", "t1").Node("Conv", "t1 k1", "c1", [.. Convolution(3, stride: 2), ("auto_pad", "SAME_UPPER")]);
        Back(sketch, "c1", "v1").Node("Add", "v1 b1", "a1");
        There(sketch, "a1", "t2").Node("BatchNormalization", "t2 gamma beta mean variance", "n2", ("epsilon", 1e-3f));
        Back(sketch, "n2", "v2").Node("Relu", "v2", "r2");
        There(sketch, "r2", "t3").Node("Conv", "t3 k2", "c3", [.. Convolution(3), ("auto_pad", "SAME_UPPER")]);
        Back(sketch, "c3", "v3").Node("Add", "v3 b2", "a3").Node("Relu", "a3", "r3");
        There(sketch, "r3", "t4").Node("AveragePool", "t4", "p4", Window(2));
        Back(sketch, "p4", "v4").Node("ReduceMean", "v4", "g", ("axes", (long[])[1, 2]), ("keepdims", 0)).Node("Identity", "g", "i");
        Dense(sketch, "i", "d", 8, 5).Node("Softmax", "d", "y", ("axis", opset < 13 ? 1 : -1)).Output("y");
        Compare(sketch, [16, 12, 3], typeof(Conv2D), typeof(BatchNormalization), typeof(ActivationLayer), typeof(Conv2D), typeof(AveragePool2D));
    }

    [Test]
    public void A_network_of_separable_convolutions_with_a_block_around_which_a_way_leads([Values(11, 13, 17)] int opset)
    {
        // ZeroPadding2D, Conv2D(8, 3, strides=2), ReLU(6), then x + Conv2D(8, 1)(ReLU(6)(DepthwiseConv2D(3, padding="same")(x))), GlobalAveragePooling2D(keepdims=True), Flatten, Dense(1).
        GraphSketch sketch = new GraphSketch(opset).Input("x", -1, 15, 15, 3).Integers("margins", 0, 1, 1, 0, 0, 1, 1, 0).Floats("zero", [], 0).Floats("six", [], 6).Integers("rows", -1, 8);
        Weights(sketch, "k1", 8, 3, 3, 3);
        Weights(sketch, "b1", 8);
        Weights(sketch, "k2", 8, 1, 3, 3);
        Weights(sketch, "b2", 8);
        Weights(sketch, "k3", 8, 8, 1, 1);
        Weights(sketch, "b3", 8);
        sketch.Node("Pad", "x margins zero", "m");
        There(sketch, "m", "t1").Node("Conv", "t1 k1 b1", "c1", Convolution(3, stride: 2)).Node("Clip", "c1 zero six", "r1");
        sketch.Node("Conv", "r1 k2 b2", "c2", [.. Convolution(3, groups: 8), ("pads", (long[])[1, 1, 1, 1])]).Node("Clip", "c2 zero six", "r2");
        sketch.Node("Conv", "r2 k3 b3", "c3", Convolution(1)).Node("Add", "c3 r1", "s").Node("GlobalAveragePool", "s", "g");
        Back(sketch, "g", "v").Node("Reshape", "v rows", "f");
        Dense(sketch, "f", "d", 8, 1).Node("Sigmoid", "d", "y").Output("y");
        Compare(sketch, [15, 15, 3]);
    }

    private static void Compare(GraphSketch sketch, int[] picture, params Type[] first)
    {
        foreach (int batch in (int[])[1, 64])
        {
            Sequential network = sketch.Compare([batch, .. picture]);
            Assert.That(network.Layers.Take(first.Length).Select(layer => layer.GetType()), Is.EqualTo(first));
        }
    }

    private static (string, object)[] Convolution(int kernel, int stride = 1, int groups = 1) =>
        [("kernel_shape", (long[])[kernel, kernel]), ("strides", (long[])[stride, stride]), ("dilations", (long[])[1, 1]), ("group", groups)];

    private static (string, object)[] Window(int size) => [("kernel_shape", (long[])[size, size]), ("strides", (long[])[size, size]), ("auto_pad", "VALID")];

    private static GraphSketch There(GraphSketch sketch, string from, string to) => sketch.Node("Transpose", from, to, ("perm", ToChannelsFirst));

    private static GraphSketch Back(GraphSketch sketch, string from, string to) => sketch.Node("Transpose", from, to, ("perm", ToChannelsLast));

    /// <summary>MatMul, and BiasAdd as Add.</summary>
    private GraphSketch Dense(GraphSketch sketch, string from, string to, int inputs, int outputs)
    {
        Weights(sketch, to + "/kernel", inputs, outputs);
        Weights(sketch, to + "/bias", outputs);
        return sketch.Node("MatMul", $"{from} {to}/kernel", to + "/MatMul").Node("Add", $"{to}/MatMul {to}/bias", to);
    }

    private void Weights(GraphSketch sketch, string name, params int[] sizes) =>
        sketch.Floats(name, sizes, TestValues.Uniform(sizes.Aggregate(1, (product, size) => product * size), ++_seed, -0.5f, 0.5f));
}
