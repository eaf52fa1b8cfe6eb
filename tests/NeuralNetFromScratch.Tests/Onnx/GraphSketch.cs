using System.Numerics.Tensors;
using Google.Protobuf;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>A model that a test writes node by node.</summary>
internal sealed class GraphSketch
{
    private int _count;

    public GraphSketch(int opset = 17, int machineLearning = 1)
    {
        Model = new ModelProto { IrVersion = opset < 9 ? 3 : 8, Graph = new GraphProto { Name = "test" } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = machineLearning });
    }

    public ModelProto Model { get; }

    public byte[] Bytes => Model.ToByteArray();

    /// <summary>An input of floats; −1 stands for any number of samples.</summary>
    public GraphSketch Input(string name, params int[] sizes) => InputOf(1, name, sizes);

    public GraphSketch InputOf(int type, string name, params int[] sizes)
    {
        Model.Graph.Input.Add(Info(name, type, sizes));
        return this;
    }

    public GraphSketch Output(string name, int type = 1)
    {
        Model.Graph.Output.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type } } });
        return this;
    }

    public GraphSketch Floats(string name, int[] sizes, params float[] values) => Add(name, 1, sizes, tensor => tensor.FloatData.AddRange(values));

    public GraphSketch Integers(string name, params long[] values) => Add(name, 7, [values.Length], tensor => tensor.Int64Data.AddRange(values));

    public GraphSketch Texts(string name, params string[] values) => Add(name, 8, [values.Length], tensor => tensor.StringData.AddRange(values.Select(ByteString.CopyFromUtf8)));

    public GraphSketch Add(string name, int type, int[] sizes, Action<TensorProto> fill)
    {
        var tensor = new TensorProto { Name = name, DataType = type };
        tensor.Dims.AddRange(sizes.Select(size => (long)size));
        fill(tensor);
        Model.Graph.Initializer.Add(tensor);
        return this;
    }

    public GraphSketch Node(string type, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = $"node{_count++}" };
        node.Input.AddRange(inputs.Split(' ').Select(name => name == "-" ? "" : name));
        node.Output.AddRange(outputs.Split(' ').Select(name => name == "-" ? "" : name));
        if (type is "ArrayFeatureExtractor" or "Binarizer" or "FeatureVectorizer" or "Imputer" or "LinearClassifier" or "LinearRegressor" or "Normalizer" or "Scaler" or "ZipMap")
            node.Domain = "ai.onnx.ml";
        foreach ((string name, object value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        Model.Graph.Node.Add(node);
        return this;
    }

    public Sequential Import() => OnnxModel.Import(new MemoryStream(Bytes));

    /// <summary>What is imported gives what ONNX Runtime gives, for a batch of random inputs.</summary>
    public Sequential Compare(int[] sizes, float scale = 2, string input = "x", string output = "y", double tolerance = 1e-5) =>
        Compare(sizes, Reference.TestValues.Uniform(sizes.Aggregate(1, (product, size) => product * size), 5, -scale, scale), input, output, tolerance);

    public Sequential Compare(int[] sizes, float[] inputs, string input = "x", string output = "y", double tolerance = 1e-5)
    {
        Sequential network = Import();
        float[] ours = network.Predict(Tensor.Create(inputs, [.. sizes.Select(size => (nint)size)])).AsMatrix().Span.ToArray(), theirs = OnnxRun.Predict(Bytes, inputs, sizes, input, output);
        Assert.That(ours, Has.Length.EqualTo(theirs.Length));
        for (int i = 0; i < ours.Length; i++)
        {
            if (!ours[i].Equals(theirs[i]))
                Assert.That(ours[i], Is.EqualTo(theirs[i]).Within(tolerance * Math.Max(1, Math.Abs(theirs[i]))), $"value {i} of {network}");
        }

        return network;
    }

    /// <summary>The model is refused, with a message that says why.</summary>
    public void Refused(params string[] messages)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Import())!;
        foreach (string message in messages)
            Assert.That(exception.Message, Does.Contain(message));
    }

    private static ValueInfoProto Info(string name, int type, int[] sizes)
    {
        var shape = new TensorShapeProto();
        foreach (int size in sizes)
            shape.Dim.Add(size < 0 ? new TensorShapeProto.Types.Dimension { DimParam = "batch" } : new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } } };
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case float number:
                (attribute.F, attribute.Type) = (number, AttributeProto.Types.AttributeType.Float);
                break;
            case int number:
                (attribute.I, attribute.Type) = (number, AttributeProto.Types.AttributeType.Int);
                break;
            case string text:
                (attribute.S, attribute.Type) = (ByteString.CopyFromUtf8(text), AttributeProto.Types.AttributeType.String);
                break;
            case float[] numbers:
                attribute.Type = AttributeProto.Types.AttributeType.Floats;
                attribute.Floats.AddRange(numbers);
                break;
            case long[] numbers:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(numbers);
                break;
            case string[] texts:
                attribute.Type = AttributeProto.Types.AttributeType.Strings;
                attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                break;
            case TensorProto tensor:
                (attribute.T, attribute.Type) = (tensor, AttributeProto.Types.AttributeType.Tensor);
                break;
            default:
                throw new ArgumentException($"an attribute of type {value.GetType()}", nameof(value));
        }

        return attribute;
    }
}
