using System.Buffers.Binary;
using Google.Protobuf;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>Adds nodes and constants to a graph; each node's output is a value that the next can take.</summary>
internal sealed class GraphBuilder(GraphProto graph)
{
    private int _count;

    public string Node(string type, string[] inputs, params AttributeProto[] attributes)
    {
        string output = $"value{_count}";
        var node = new NodeProto { Name = $"{type.ToLowerInvariant()}{_count}", OpType = type };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
        _count++;
        return output;
    }

    /// <summary>A tensor of floats under a name of its own.</summary>
    public string Constant(string name, ReadOnlySpan<int> dimensions, ReadOnlySpan<float> values)
    {
        var tensor = new TensorProto { Name = name, DataType = OnnxTypes.Float };
        foreach (int size in dimensions)
            tensor.Dims.Add(size);
        byte[] bytes = new byte[checked(values.Length * sizeof(float))];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
        graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>A single number.</summary>
    public string Scalar(float value) => Constant($"constant{_count++}", [], [value]);

    public static AttributeProto Attribute(string name, float value) =>
        new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };
}
