using System.Buffers.Binary;
using Google.Protobuf;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>Adds nodes and constants to a graph.</summary>
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

    /// <summary>Adds a float tensor with a unique name.</summary>
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

    /// <summary>Adds a single number.</summary>
    public string Scalar(float value) => Constant($"constant{_count++}", [], [value]);

    /// <summary>Adds a vector of numbers.</summary>
    public string Numbers(params ReadOnlySpan<float> values) => Constant($"constant{_count++}", [values.Length], values);

    /// <summary>Adds a vector of integers.</summary>
    public string Integers(params ReadOnlySpan<long> values)
    {
        var tensor = new TensorProto { Name = $"constant{_count++}", DataType = OnnxTypes.Int64, Dims = { values.Length } };
        byte[] bytes = new byte[checked(values.Length * sizeof(long))];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Reshapes a value to [batch, …sizes].</summary>
    public string Reshape(string value, ReadOnlySpan<int> sizes)
    {
        long[] shape = new long[sizes.Length + 1];
        for (int i = 0; i < sizes.Length; i++)
            shape[i + 1] = sizes[i];
        return Node("Reshape", [value, Integers(shape)]);
    }

    /// <summary>Converts a value to a vector for each sample, in the library's order.</summary>
    public string Vector(ExportedValue value) => value.Image switch
    {
        null => value.Name,
        { Channels: 1 } or { Height: 1, Width: 1 } => Rows(value),
        _ => Rows(new(Node("Transpose", [value.Name], Attribute("perm", [0, 2, 3, 1])), value.Image)),
    };

    /// <summary>Converts a value to a vector for each sample, in its current order.</summary>
    public string Rows(ExportedValue value) => value.Image is null ? value.Name : Node("Flatten", [value.Name], Attribute("axis", 1L));

    /// <summary>Converts a value to images with channels first.</summary>
    public string Image(ExportedValue value, ImageShape image)
    {
        if (value.Image == image)
            return value.Name;
        string vector = Vector(value);
        return image.Channels == 1 || image is { Height: 1, Width: 1 }
            ? Reshape(vector, [image.Channels, image.Height, image.Width])
            : Node("Transpose", [Reshape(vector, [image.Height, image.Width, image.Channels])], Attribute("perm", [0, 3, 1, 2]));
    }

    /// <summary>Slices columns of a value [batch, length].</summary>
    public string Columns(string value, int start, int end) => Node("Slice", [value, Integers(start), Integers(end), Integers(1)]);

    /// <summary>Repeats a row [1, length] for each sample of another value.</summary>
    public string Repeat(string row, int length, string like)
    {
        string samples = Node("Shape", [like], Attribute("start", 0L), Attribute("end", 1L));
        return Node("Expand", [row, Node("Concat", [samples, Integers(length)], Attribute("axis", 0L))]);
    }

    /// <summary>Converts Boolean values to 1 and 0.</summary>
    public string Number(string truth) => Node("Cast", [truth], Attribute("to", OnnxTypes.Float));

    /// <summary>Converts 1 and 0 to Boolean values.</summary>
    public string Truth(string number) => Node("Cast", [number], Attribute("to", OnnxTypes.Bool));

    public static AttributeProto Attribute(string name, long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static AttributeProto Attribute(string name, string value) =>
        new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String };

    public static AttributeProto Attribute(string name, float value) =>
        new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };
}
