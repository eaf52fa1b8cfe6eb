using System.Buffers.Binary;

namespace NeuralNetFromScratch;

/// <summary>A tensor to be written: its bytes are little-endian, in row-major order.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Bytes">Its elements.</param>
public sealed record SafetensorEntry(string Name, SafetensorType Type, Shape Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>A tensor of floats, copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Its elements.</param>
    public static SafetensorEntry OfFloats(string name, Shape shape, ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[checked(values.Length * sizeof(float))];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return new SafetensorEntry(name, SafetensorType.F32, shape, bytes);
    }
}

/// <summary>What a safetensors header says of a tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Dimensions">Its sizes, outermost first; none for a scalar.</param>
/// <param name="Offset">Where its bytes begin, counted from the end of the header.</param>
/// <param name="ByteLength">How many they are.</param>
public sealed record SafetensorInfo(string Name, SafetensorType Type, IReadOnlyList<long> Dimensions, long Offset, long ByteLength)
{
    /// <summary>The number of elements.</summary>
    public long Length => Dimensions.Aggregate(1L, (product, size) => product * size);

    /// <summary>Name, type and sizes.</summary>
    public override string ToString() => $"{Name} {Type.Name()} [{string.Join(", ", Dimensions)}]";
}
