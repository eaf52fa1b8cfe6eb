using NeuralNetFromScratch.Onnx;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Operators on pictures as others write them: what is imported gives what ONNX Runtime gives.</summary>
public class OnnxPictureImportTests
{
    private static readonly int[] Opsets = [7, 8, 9, 11, 13, 17, 21];

    [Test]
    public void A_convolution_of_every_form(
        [ValueSource(nameof(Opsets))] int opset, [Values("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")] string padding, [Values(1, 2)] int stride, [Values(1, 2)] int dilation, [Values(1, 2, 4)] int groups)
    {
        GraphSketch sketch = Start(opset, 4).Floats("w", [6 / groups * groups, 4 / groups, 3, 2], Values(6 / groups * groups * 4 / groups * 6, 1)).Floats("b", [6 / groups * groups], Values(6 / groups * groups, 2));
        (string, object)[] explicitPads = padding == "NOTSET" ? [("pads", (long[])[1, 0, 2, 1])] : [];
        // ONNX Runtime has no automatic padding for dilated kernels.
        if (padding.StartsWith("SAME", StringComparison.Ordinal) && dilation > 1)
            return;
        sketch.Node("Conv", "x w b", "y", [("auto_pad", padding), ("strides", (long[])[stride, 1]), ("dilations", (long[])[dilation, dilation]), ("group", groups), .. explicitPads]).Output("y");
        foreach (int batch in (int[])[1, 64])
            sketch.Compare([batch, 4, 9, 8]);
    }

    [Test]
    public void A_pool_of_every_form(
        [ValueSource(nameof(Opsets))] int opset, [Values("MaxPool", "AveragePool")] string type, [Values("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")] string padding, [Values(1, 2, 3)] int stride,
        [Values] bool isCeiling, [Values] bool countsPadding)
    {
        bool isExplicit = padding == "NOTSET";
        if ((type == "MaxPool" && countsPadding) || (isCeiling && (opset < 10 || !isExplicit || (countsPadding && stride > 1))))
            return;
        // ONNX Runtime computes a negative padding for windows that leave places out.
        if (padding.StartsWith("SAME", StringComparison.Ordinal) && stride > 2)
            return;
        (string, object)[] more = [.. isExplicit ? [("pads", (long[])[1, 0, 1, 2])] : (ReadOnlySpan<(string, object)>)[], .. isCeiling ? [("ceil_mode", 1)] : (ReadOnlySpan<(string, object)>)[], .. countsPadding ? [("count_include_pad", 1)] : (ReadOnlySpan<(string, object)>)[]];
        GraphSketch sketch = Start(opset, 3).Node(type, "x", "y", [("kernel_shape", (long[])[2, 3]), ("strides", (long[])[stride, stride]), ("auto_pad", padding), .. more]).Output("y");
        foreach (int batch in (int[])[1, 64])
            sketch.Compare([batch, 3, 9, 8]);
    }

    [Test]
    public void A_series_counts_as_a_picture_of_one_row()
    {
        GraphSketch sketch = new GraphSketch().Input("x", -1, 3, 12).Floats("w", [4, 3, 3], Values(36, 1)).Floats("b", [4], Values(4, 2)).Floats("v", [20, 5], Values(100, 3));
        sketch.Node("Conv", "x w b", "a", ("pads", (long[])[1, 1])).Node("Relu", "a", "r").Node("MaxPool", "r", "p", ("kernel_shape", (long[])[2]), ("strides", (long[])[2]), ("pads", (long[])[0, 0]));
        sketch.Node("AveragePool", "p", "q", ("kernel_shape", (long[])[2]), ("strides", (long[])[1])).Node("Flatten", "q", "f").Node("MatMul", "f v", "y").Output("y");
        Sequential network = sketch.Compare([64, 3, 12]);
        Assert.That(network.Layers[^1], Is.InstanceOf<Dense>());
    }

    [Test]
    public void The_dense_layer_after_a_flatten_takes_pictures_as_they_are()
    {
        GraphSketch sketch = Start(17, 3, 6, 6).Floats("w", [4, 3, 3, 3], Values(108, 1)).Floats("b", [4, 1, 1], Values(4, 2)).Floats("v", [16, 5], Values(80, 3)).Integers("shape", 0, 16);
        sketch.Node("Conv", "x w", "a").Node("Add", "a b", "c").Node("Relu", "c", "r").Node("MaxPool", "r", "p", ("kernel_shape", (long[])[2, 2]), ("strides", (long[])[2, 2]));
        sketch.Node("Reshape", "p shape", "f").Node("MatMul", "f v", "y").Output("y");
        sketch.Compare([64, 3, 6, 6]);
        Sequential network = OnnxModel.Import(new MemoryStream(sketch.Bytes), new() { ChannelsLast = true });
        Assert.That(network.InputShape, Is.EqualTo(Shape.Create([6, 6, 3])));
        Assert.That(network.Layers.Select(layer => layer.GetType()), Is.EqualTo((Type[])[typeof(Conv2D), typeof(MaxPool2D), typeof(Dense)]));
        Assert.That(network.Layers[0], Is.InstanceOf<Conv2D>().With.Property("HasBias").True.And.Property("Activation").EqualTo(Activation.Relu));
    }

    [Test]
    public void A_model_written_for_channels_last_as_Keras_exporter_writes_it()
    {
        GraphSketch sketch = new GraphSketch().Input("x", -1, 8, 7, 2).Floats("w", [4, 2, 3, 3], Values(72, 1)).Floats("b", [4], Values(4, 2)).Floats("v", [24, 5], Values(120, 3)).Integers("shape", -1, 24);
        sketch.Node("Transpose", "x", "t", ("perm", (long[])[0, 3, 1, 2])).Node("Conv", "t w b", "c").Node("Relu", "c", "r").Node("MaxPool", "r", "p", ("kernel_shape", (long[])[2, 2]), ("strides", (long[])[2, 2]));
        sketch.Node("Transpose", "p", "u", ("perm", (long[])[0, 2, 3, 1])).Node("Reshape", "u shape", "f").Node("MatMul", "f v", "m").Node("Softmax", "m", "y", ("axis", -1)).Output("y");
        Sequential network = sketch.Compare([64, 8, 7, 2]);
        Assert.That(network.Layers.Select(layer => layer.GetType()), Is.EqualTo((Type[])[typeof(Conv2D), typeof(MaxPool2D), typeof(Dense)]));
    }

    [Test]
    public void Blocks_with_a_way_around_and_gates_stay_blocks()
    {
        GraphSketch sketch = Start(17, 4, 6, 6);
        foreach (string name in (string[])["w1", "w2", "w3"])
            sketch.Floats(name, [4, 4, 3, 3], Values(144, (ulong)name[1]));
        foreach (string name in (string[])["s", "t", "m", "v"])
            sketch.Floats(name, [4], Values(4, name[0], name == "v" ? 0.5f : -0.5f, 1));
        sketch.Floats("p", [4, 4, 1, 1], Values(16, 9)).Floats("g", [4, 4, 1, 1], Values(16, 10)).Floats("d", [4, 3], Values(12, 11));
        sketch.Node("Conv", "x w1", "a", ("pads", (long[])[1, 1, 1, 1])).Node("BatchNormalization", "a s t m v", "n").Node("Relu", "n", "r").Node("Conv", "r w2", "b", ("pads", (long[])[1, 1, 1, 1])).Node("Add", "x b", "c").Node("Relu", "c", "e");
        sketch.Node("Conv", "e w3", "h", ("pads", (long[])[1, 1, 1, 1]), ("strides", (long[])[2, 2])).Node("Conv", "e p", "i", ("strides", (long[])[2, 2])).Node("Add", "h i", "j");
        sketch.Node("GlobalAveragePool", "j", "k").Node("Conv", "k g", "l").Node("Sigmoid", "l", "o").Node("Mul", "j o", "q").Node("ReduceMean", "q", "z", ("axes", (long[])[2, 3]), ("keepdims", 0)).Node("MatMul", "z d", "y").Output("y");
        Sequential network = sketch.Compare([64, 4, 6, 6]);
        Assert.That(network.Layers.OfType<Residual>().Count(), Is.EqualTo(2), $"{network}");
        Assert.That(network.Layers, Has.Some.InstanceOf<GlobalAveragePool2D>());
    }

    [Test]
    public void Margins_copies_and_neighbours()
    {
        GraphSketch sketch = Start(17, 2, 4, 5).Floats("w", [3, 2, 2, 2], Values(24, 1)).Integers("pads", 0, 0, 1, 2, 0, 0, 0, 1).Floats("scales", [4], 1, 1, 2, 3);
        sketch.Node("Conv", "x w", "c").Node("Pad", "c pads", "p").Node("Resize", "p - scales", "u", ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
        sketch.Node("Relu", "u", "r").Node("Concat", "r u", "j", ("axis", 1)).Node("Conv", "j v", "y").Floats("v", [2, 6, 1, 1], Values(12, 2)).Output("y");
        Sequential network = sketch.Compare([64, 2, 4, 5]);
        Assert.That(network.OutputShape, Is.EqualTo(Shape.Create([2, 8, 21])));
        Assert.That(network.Layers, Has.Some.InstanceOf<ZeroPadding2D>().And.Some.InstanceOf<Upsample2D>());
    }

    [TestCase(7)]
    [TestCase(8)]
    [TestCase(12)]
    public void The_digits_network_of_the_model_zoo_node_by_node(int opset)
    {
        GraphSketch sketch = new GraphSketch(opset).Input("x", 1, 1, 28, 28).Floats("w1", [8, 1, 5, 5], Values(200, 1)).Floats("b1", [8, 1, 1], Values(8, 2)).Floats("w2", [16, 8, 5, 5], Values(3200, 3));
        sketch.Floats("b2", [16, 1, 1], Values(16, 4)).Floats("w3", [16, 4, 4, 10], Values(2560, 5)).Floats("b3", [1, 10], Values(10, 6)).Integers("s1", 1, 256).Integers("s2", 256, 10);
        sketch.Node("Conv", "x w1", "a", Same(5, 1)).Node("Add", "a b1", "b").Node("Relu", "b", "c").Node("MaxPool", "c", "d", ("kernel_shape", (long[])[2, 2]), ("strides", (long[])[2, 2]), ("pads", (long[])[0, 0, 0, 0]), ("auto_pad", "NOTSET"));
        sketch.Node("Conv", "d w2", "e", Same(5, 1)).Node("Add", "e b2", "f").Node("Relu", "f", "g").Node("MaxPool", "g", "h", ("kernel_shape", (long[])[3, 3]), ("strides", (long[])[3, 3]), ("pads", (long[])[0, 0, 0, 0]), ("auto_pad", "NOTSET"));
        sketch.Node("Reshape", "h s1", "i").Node("Reshape", "w3 s2", "j").Node("MatMul", "i j", "k").Node("Add", "k b3", "y").Output("y");
        Sequential network = sketch.Compare([1, 1, 28, 28]);
        Assert.That(network.Layers.Skip(1).Select(layer => layer.GetType()), Is.EqualTo((Type[])[typeof(Conv2D), typeof(MaxPool2D), typeof(Conv2D), typeof(MaxPool2D), typeof(Dense)]));
        Assert.That(network.InputShape, Is.EqualTo(Shape.Create([1, 28, 28])));
    }

    [Test]
    public void Parts_without_counterpart_are_refused_by_name()
    {
        Pool("MaxPool", ("dilations", (long[])[2, 1])).Refused("node \"node0\" (MaxPool)", "dilations");
        Pool("AveragePool", ("ceil_mode", 1), ("count_include_pad", 1), ("pads", (long[])[1, 1, 0, 0])).Refused("(AveragePool)", "ceil_mode");
        Pool("MaxPool", ("auto_pad", "SAME")).Refused("auto_pad \"SAME\"");
        Pool("MaxPool", ("pads", (long[])[1, 1])).Refused("2 pads");
        Pool("MaxPool", ("pads", (long[])[0, 0, 0, 1L << 40])).Refused("padding");
        Pool("MaxPool", ("pads", (long[])[-1, 0, 0, 0])).Refused("padding");
        Pool("MaxPool", ("pads", (long[])[3, 0, 0, 0])).Refused("padding");
        Pool("MaxPool", ("kernel_shape", (long[])[20, 20])).Refused("does not fit");
        Pool("MaxPool", ("strides", (long[])[0, 1])).Refused("strides");
        Convolution([4, 3, 3, 3], 108).Refused("(Conv)", "is not compatible");
        Convolution([4, 2, 3, 3], 72, ("kernel_shape", (long[])[5, 5])).Refused("kernel_shape");
        Convolution([4, 2, 3, 3], 72, ("group", 2)).Refused("2 groups");
        Convolution([4, 2, 3, 3], 72, ("group", 0)).Refused("0 groups");
        Convolution([4, 2, 30, 3], 720).Refused("does not fit");
        new GraphSketch().Input("x", -1, 2, 4, 4, 4).Floats("w", [1, 2, 1, 1, 1], 1, 2).Node("Conv", "x w", "y").Output("y").Refused("three-dimensional");
        new GraphSketch().Input("x", -1, 4).Floats("w", [1, 4], 1, 2, 3, 4).Node("Conv", "x w", "y").Output("y").Refused("expects images");
        Start(17, 2).Node("MaxPool", "x", "y i", ("kernel_shape", (long[])[2, 2])).Node("Cast", "i", "z", ("to", 1)).Output("z").Refused("output 1");

        GraphSketch Pool(string type, params (string Name, object Value)[] attributes) => Start(17, 2).Node(
            type, "x", "y", [.. attributes, .. attributes.Any(attribute => attribute.Name == "kernel_shape") ? [] : (ReadOnlySpan<(string, object)>)[("kernel_shape", (long[])[3, 3])], .. attributes.Any(attribute => attribute.Name == "strides") ? [] : (ReadOnlySpan<(string, object)>)[("strides", (long[])[3, 3])]]).Output("y");

        GraphSketch Convolution(int[] sizes, int count, params (string Name, object Value)[] attributes) => Start(17, 2).Floats("w", sizes, Values(count, 1)).Node("Conv", "x w", "y", attributes).Output("y");
    }

    private static (string, object)[] Same(int size, int stride) =>
        [("kernel_shape", (long[])[size, size]), ("strides", (long[])[stride, stride]), ("auto_pad", "SAME_UPPER"), ("group", 1), ("dilations", (long[])[1, 1])];

    private static GraphSketch Start(int opset, int channels, int height = 9, int width = 8) => new GraphSketch(opset).Input("x", -1, channels, height, width);

    private static float[] Values(int count, ulong seed, float low = -0.5f, float high = 0.5f) => Reference.TestValues.Uniform(count, seed, low, high);
}
