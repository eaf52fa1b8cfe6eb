using System.Text;
using Google.Protobuf;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>ONNX models: half of the mutations are of the bytes, half of the graph that they describe.</summary>
internal sealed class OnnxTarget : FuzzTarget
{
    private static readonly string[] Types =
    [
        "Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "Pow", "Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "HardSwish", "HardSigmoid", "Erf", "Gelu", "Exp", "Neg",
        "Softmax", "LogSoftmax", "BatchNormalization", "LayerNormalization", "Dropout", "Flatten", "Reshape", "Identity", "Cast", "Constant", "Transpose", "Scaler", "ZipMap",
        "Shape", "Gather", "Unsqueeze", "Squeeze", "Concat", "Split", "Slice", "Pad", "Expand", "Tile", "ConstantOfShape", "Range", "Where", "Equal", "Max", "Clip", "PRelu", "ReduceMean", "ReduceSum",
        "ReduceMax", "InstanceNormalization", "Normalizer", "Imputer", "LinearClassifier", "FeatureVectorizer", "DepthToSpace", "Resize", "LRN", "Celu", "Mish",
        "Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "Upsample",
    ];

    private static readonly string[] Attributes =
    [
        "alpha", "beta", "gamma", "axis", "transA", "transB", "epsilon", "to", "perm", "offset", "scale", "value", "value_float", "value_floats", "value_int", "value_ints",
        "training_mode", "classlabels_strings", "classlabels_int64s", "approximate", "axes", "keepdims", "pads", "split", "starts", "ends", "min", "max", "mode", "coefficients", "num_groups", "size",
        "kernel_shape", "strides", "dilations", "group", "auto_pad", "ceil_mode", "count_include_pad", "scales",
    ];

    public override string Name => "onnx";

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Write(new Sequential([4], 1, new Dense(3, Activation.Relu), new Dense(2)) { OutputActivation = OutputActivation.Softmax }),
        Write(new Sequential(
            [2, 2], 1, new Standardization(4), new Dense(3, Activation.Gelu), new BatchNormalization(), new Residual(new Dense(3, Activation.Silu), new ScaleShift()), new LayerNormalization(),
            new ActivationLayer(Activation.Selu), new Dense(2, Activation.GeluTanh)) { OutputActivation = OutputActivation.Softmax, ClassNames = ["cat", "dog"], InputScaling = new InputScaling(0.5f, 1, 2) }),
        Write(new Sequential(
            [6], 1, new ParallelLayer([[new Dense(2)], []]),
            new OperatorLayer(8, [new Step("Clip", [0], [-1, 1]), new Step("View", [1], sizes: [0, 2, 4, 1, 2]), new Step("ReduceMean", [2], sizes: [2, 2, 2]), new Step("Softmax", [3], sizes: [1, 4, 1])], [], [4]))
            { OutputActivation = OutputActivation.None }),
        Write(new Sequential(
            [5, 4, 2], 1, new Conv2D(3, 2, Activation.Relu) { Padding = Padding2D.Same }, new BatchNormalization(), new MaxPool2D(2) { Stride = 1 }, new Residual(new Conv2D(3, 3) { Padding = 1, Groups = 3 }),
            new ZeroPadding2D(1), new Upsample2D(2), new AveragePool2D(2), new Dense(2)) { OutputActivation = OutputActivation.None }),
        Write(new Sequential([6, 5, 1], 1, new Conv2D(2, 3) { Stride = 2 }, new GlobalAveragePool2D(), new Dense(2)) { OutputActivation = OutputActivation.Softmax }),
        Write(new Sequential([3], 1, new ActivationLayer(Activation.LeakyRelu(0.2f)), new ActivationLayer(Activation.Elu(0.5f))) { OutputActivation = OutputActivation.LogSoftmax }),
    ];

    /// <summary>Long chains of factors, thousands of empty nodes and of attributes that nobody knows, second outputs, and the outputs of training.</summary>
    public override IReadOnlyList<byte[]> Crafted => field ??=
    [
        With(graph =>
        {
            graph.Initializer.Add(new TensorProto { Name = "factor", DataType = 1, FloatData = { 1.5f } });
            string last = graph.Output[0].Name;
            for (int i = 0; i < 200; i++)
            {
                graph.Node.Add(new NodeProto { OpType = "Mul", Input = { last, "factor" }, Output = { $"product{i}" } });
                last = $"product{i}";
            }

            graph.Output[0].Name = last;
        }),
        With(graph => graph.Node.AddRange(Enumerable.Range(0, 2000).Select(_ => new NodeProto()))),
        With(graph => graph.Node[0].Attribute.AddRange(Enumerable.Range(0, 2000).Select(i => new AttributeProto { Name = $"junk{i}", I = i, Type = AttributeProto.Types.AttributeType.Int }))),
        With(graph =>
        {
            graph.Node.Add(new NodeProto { OpType = "Dropout", Input = { graph.Output[0].Name }, Output = { "dropped", "mask" } });
            graph.Output[0].Name = "mask";
        }),
        With(graph =>
        {
            foreach (string name in (string[])["scale", "shift", "mean", "variance"])
                graph.Initializer.Add(new TensorProto { Name = name, DataType = 1, Dims = { 2 }, FloatData = { 1, 1 } });
            graph.Node.Add(new NodeProto { OpType = "BatchNormalization", Input = { graph.Output[0].Name, "scale", "shift", "mean", "variance" }, Output = { "normalized", "a", "b", "c", "d" } });
            graph.Output[0].Name = "normalized";
        }),
    ];

    private static byte[] With(Action<GraphProto> change)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Write(new Sequential([4], 1, new Dense(3, Activation.Relu), new Dense(2)) { OutputActivation = OutputActivation.Softmax }));
        change(model.Graph);
        return model.ToByteArray();
    }

    public override IReadOnlyList<byte[]> Words { get; } = [.. Types.Concat(Attributes).Append("\u001b[2J\u0007").Select(Encoding.UTF8.GetBytes)];

    /// <summary>A number for each of a million features may be asked for in a few bytes, as factors and as parameters.</summary>
    public override long FixedBytes => 16_000_000;

    public override long BytesPerByte => 256;

    /// <summary>Every second file comes on a stream that cannot seek.</summary>
    public override void Read(byte[] file)
    {
        using Stream stream = file.Length % 2 == 0 ? new MemoryStream(file) : new TrickleStream(new MemoryStream(file));
        OnnxModel.Import(stream);
    }

    public override byte[] Mutate(byte[] seed, Mutator mutator)
    {
        if (mutator.Below(2) == 0)
            return mutator.Mutate(seed, Words);
        ModelProto model = ModelProto.Parser.ParseFrom(seed);
        int changes = 1 + mutator.Below(3);
        for (int i = 0; i < changes && model.Graph.Node.Count > 0; i++)
            Change(model.Graph, mutator);
        return model.ToByteArray();
    }

    private static void Change(GraphProto graph, Mutator mutator)
    {
        NodeProto node = mutator.Pick(graph.Node);
        switch (mutator.Below(12))
        {
            case 0:
                node.OpType = mutator.Pick(Types);
                break;
            case 1 when node.Input.Count > 0:
                node.Input[mutator.Below(node.Input.Count)] = ValueName(graph, mutator);
                break;
            case 2:
                node.Input.Add(ValueName(graph, mutator));
                break;
            case 3 when node.Input.Count > 0:
                node.Input.RemoveAt(mutator.Below(node.Input.Count));
                break;
            case 4 when node.Output.Count > 0:
                node.Output[0] = ValueName(graph, mutator);
                break;
            case 5:
                node.Output.Clear();
                break;
            case 6:
                node.Attribute.Add(Attribute(mutator));
                break;
            case 7 when node.Attribute.Count > 0:
                AttributeProto attribute = node.Attribute[mutator.Below(node.Attribute.Count)];
                attribute.I = (long)mutator.Number();
                if (attribute.Ints.Count > 0)
                    attribute.Ints[mutator.Below(attribute.Ints.Count)] = mutator.Below(2) == 0 ? mutator.Below(6) : attribute.I;
                break;
            case 8:
                graph.Node.Insert(mutator.Below(graph.Node.Count + 1), mutator.Pick(graph.Node).Clone());
                break;
            case 9:
                graph.Node.Remove(node);
                break;
            case 10 when graph.Initializer.Count > 0:
                Change(mutator.Pick(graph.Initializer), mutator);
                break;
            case 11 when graph.Input.Count > 0 && graph.Input[0].Type?.TensorType?.Shape is { Dim.Count: > 0 } shape:
                mutator.Pick(shape.Dim).DimValue = (long)mutator.Number();
                break;
            default:
                graph.Output[0].Name = ValueName(graph, mutator);
                break;
        }
    }

    private static void Change(TensorProto tensor, Mutator mutator)
    {
        switch (mutator.Below(5))
        {
            case 0 when tensor.Dims.Count > 0:
                tensor.Dims[mutator.Below(tensor.Dims.Count)] = (long)mutator.Number();
                break;
            case 1:
                tensor.Dims.Add((long)mutator.Number());
                break;
            case 2:
                tensor.Dims.Clear();
                tensor.RawData = ByteString.CopyFrom(new byte[4]);
                break;
            case 3:
                tensor.DataType = mutator.Below(18);
                break;
            default:
                tensor.RawData = ByteString.CopyFrom(new byte[mutator.Below(64)]);
                break;
        }
    }

    private static AttributeProto Attribute(Mutator mutator) => new()
    {
        Name = mutator.Pick(Attributes),
        Type = mutator.Pick(Enum.GetValues<AttributeProto.Types.AttributeType>()),
        F = (float)mutator.Number(),
        I = (long)mutator.Number(),
        S = ByteString.CopyFromUtf8("tanh"),
        Floats = { 1, 2, 3 },
        Ints = { mutator.Below(3), mutator.Below(3) },
        Strings = { ByteString.CopyFromUtf8("a") },
    };

    private static string ValueName(GraphProto graph, Mutator mutator) => mutator.Below(4) switch
    {
        0 => graph.Initializer.Count > 0 ? mutator.Pick(graph.Initializer).Name : "",
        1 => mutator.Pick(graph.Node).Output.FirstOrDefault() ?? "",
        2 => graph.Input[0].Name,
        _ => "other",
    };

    private static byte[] Write(Sequential network)
    {
        using var stream = new MemoryStream();
        OnnxModel.Export(network, stream, new OnnxExportOptions { IncludesInputScaling = network.InputScaling is not null });
        return stream.ToArray();
    }
}
