using System.Buffers.Binary;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>A constant tensor of a model: floats, or whole numbers, which only shapes are made of.</summary>
/// <param name="Dimensions">Its sizes.</param>
/// <param name="Values">Its elements, row-major.</param>
internal sealed record Constant(int[] Dimensions, double[] Values)
{
    public bool IsScalar => Values.Length == 1;

    /// <summary>A matrix with rows and columns exchanged.</summary>
    public Constant Transposed()
    {
        (int rows, int columns) = (Dimensions[0], Dimensions[1]);
        var turned = new double[Values.Length];
        for (int i = 0; i < turned.Length; i++)
            turned[i] = Values[i % rows * columns + i / rows];
        return new Constant([columns, rows], turned);
    }

    /// <summary>The values times a factor, as floats.</summary>
    public float[] Floats(double factor = 1) => Array.ConvertAll(Values, value => (float)(factor * value));

    /// <summary>How many values a tensor's data are, whatever its shape says.</summary>
    public static long StoredValues(TensorProto tensor) => tensor.RawData.Length / 4 + tensor.FloatData.Count + tensor.DoubleData.Count + tensor.Int64Data.Count;

    /// <exception cref="InvalidDataException">The tensor lies elsewhere, is of another type, or its data do not fit its shape.</exception>
    public static Constant Read(TensorProto tensor, string name)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0)
            throw new InvalidDataException($"tensor \"{name}\" lies in another file; only weights inline can be read");
        long length = 1;
        foreach (long size in tensor.Dims)
        {
            if (size < 0 || size > int.MaxValue || (size > 0 && length > int.MaxValue / size))
                throw new InvalidDataException($"tensor \"{name}\" has the impossible shape [{string.Join(", ", tensor.Dims)}]");
            length *= size;
        }

        int count = tensor.RawData.Length > 0 ? tensor.RawData.Length / ElementSize(tensor.DataType, name) : tensor.DataType switch
        {
            OnnxTypes.Float => tensor.FloatData.Count,
            OnnxTypes.Double => tensor.DoubleData.Count,
            OnnxTypes.Int64 => tensor.Int64Data.Count,
            _ => throw Unsupported(tensor.DataType, name),
        };
        if (count != length || (tensor.RawData.Length > 0 && tensor.RawData.Length != length * ElementSize(tensor.DataType, name)))
            throw new InvalidDataException($"tensor \"{name}\" of shape [{string.Join(", ", tensor.Dims)}] has {length} elements, but data for {count}");

        ReadOnlySpan<byte> raw = tensor.RawData.Span;
        var values = new double[length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = tensor.DataType switch
            {
                OnnxTypes.Float => raw.IsEmpty ? tensor.FloatData[i] : BinaryPrimitives.ReadSingleLittleEndian(raw[(4 * i)..]),
                OnnxTypes.Double => raw.IsEmpty ? tensor.DoubleData[i] : BinaryPrimitives.ReadDoubleLittleEndian(raw[(8 * i)..]),
                _ => raw.IsEmpty ? tensor.Int64Data[i] : BinaryPrimitives.ReadInt64LittleEndian(raw[(8 * i)..]),
            };
        }

        return new Constant([.. tensor.Dims.Select(size => (int)size)], values);
    }

    /// <summary>What a node of type Constant holds.</summary>
    /// <exception cref="InvalidDataException">It holds no numbers.</exception>
    public static Constant Read(Operation operation)
    {
        if (operation.Tensor("value") is { } tensor)
            return Read(tensor, operation.Outputs is [var name, ..] ? name : "");
        if (operation.HasAttribute("value_float"))
            return new Constant([], [operation.Number("value_float", 0)]);
        if (operation.HasAttribute("value_int"))
            return new Constant([], [operation.Integer("value_int", 0)]);
        double[] numbers = operation.HasAttribute("value_floats")
            ? [.. operation.Numbers("value_floats").Select(value => (double)value)]
            : [.. operation.Integers("value_ints").Select(value => (double)value)];
        return operation.HasAttribute("value_floats") || operation.HasAttribute("value_ints")
            ? new Constant([numbers.Length], numbers)
            : throw operation.Refuse("holds no number");
    }

    private static int ElementSize(int type, string name) => type switch
    {
        OnnxTypes.Float => 4,
        OnnxTypes.Double or OnnxTypes.Int64 => 8,
        _ => throw Unsupported(type, name),
    };

    private static InvalidDataException Unsupported(int type, string name) =>
        new($"tensor \"{name}\" has elements of ONNX type {type}; only floats (1), doubles (11) and 64-bit integers (7) can be read");
}
