using System.Buffers.Binary;

namespace NeuralNetFromScratch;

/// <summary>The element types of the safetensors format. Those up to <see cref="F64"/> can be read as floats.</summary>
public enum SafetensorType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>An unsigned 8-bit integer.</summary>
    U8,

    /// <summary>A signed 8-bit integer.</summary>
    I8,

    /// <summary>An unsigned 16-bit integer.</summary>
    U16,

    /// <summary>A signed 16-bit integer.</summary>
    I16,

    /// <summary>An unsigned 32-bit integer.</summary>
    U32,

    /// <summary>A signed 32-bit integer.</summary>
    I32,

    /// <summary>An unsigned 64-bit integer.</summary>
    U64,

    /// <summary>A signed 64-bit integer.</summary>
    I64,

    /// <summary>IEEE 754 half precision.</summary>
    F16,

    /// <summary>Bfloat16: the upper half of a single-precision number.</summary>
    BF16,

    /// <summary>IEEE 754 single precision.</summary>
    F32,

    /// <summary>IEEE 754 double precision.</summary>
    F64,

    /// <summary>A complex number of two single-precision numbers.</summary>
    C64,

    /// <summary>8 bits with a 5-bit exponent.</summary>
    F8E5M2,

    /// <summary>8 bits with a 4-bit exponent.</summary>
    F8E4M3,

    /// <summary>8 bits of exponent without a mantissa.</summary>
    F8E8M0,

    /// <summary>6 bits with a 2-bit exponent.</summary>
    F6E2M3,

    /// <summary>6 bits with a 3-bit exponent.</summary>
    F6E3M2,

    /// <summary>4 bits.</summary>
    F4,

    /// <summary>8 bits with a 5-bit exponent, without infinities and negative zero.</summary>
    F8E5M2Fnuz,

    /// <summary>8 bits with a 4-bit exponent, without infinities and negative zero.</summary>
    F8E4M3Fnuz,
}

/// <summary>Names and sizes of the element types, and their conversion to floats.</summary>
internal static class SafetensorTypes
{
    private static readonly (SafetensorType Type, string Name, int Bits)[] Table =
    [
        (SafetensorType.Bool, "BOOL", 8), (SafetensorType.U8, "U8", 8), (SafetensorType.I8, "I8", 8), (SafetensorType.U16, "U16", 16),
        (SafetensorType.I16, "I16", 16), (SafetensorType.U32, "U32", 32), (SafetensorType.I32, "I32", 32), (SafetensorType.U64, "U64", 64),
        (SafetensorType.I64, "I64", 64), (SafetensorType.F16, "F16", 16), (SafetensorType.BF16, "BF16", 16), (SafetensorType.F32, "F32", 32),
        (SafetensorType.F64, "F64", 64), (SafetensorType.C64, "C64", 64), (SafetensorType.F8E5M2, "F8_E5M2", 8),
        (SafetensorType.F8E4M3, "F8_E4M3", 8), (SafetensorType.F8E8M0, "F8_E8M0", 8), (SafetensorType.F6E2M3, "F6_E2M3", 6),
        (SafetensorType.F6E3M2, "F6_E3M2", 6), (SafetensorType.F4, "F4", 4),
        (SafetensorType.F8E5M2Fnuz, "F8_E5M2FNUZ", 8), (SafetensorType.F8E4M3Fnuz, "F8_E4M3FNUZ", 8),
    ];

    public static string Name(this SafetensorType type) => Table[(int)type].Name;

    public static int Bits(this SafetensorType type) => Table[(int)type].Bits;

    public static bool CanBeFloats(this SafetensorType type) => type <= SafetensorType.F64;

    public static bool TryParse(string name, out SafetensorType type)
    {
        int index = Array.FindIndex(Table, entry => entry.Name == name);
        type = (SafetensorType)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>Converts little-endian elements. Numbers with more digits than a float are rounded.</summary>
    public static void ToFloats(SafetensorType type, ReadOnlySpan<byte> bytes, Span<float> floats)
    {
        int size = type.Bits() / 8;
        for (int i = 0; i < floats.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes.Slice(i * size, size);
            floats[i] = type switch
            {
                SafetensorType.Bool or SafetensorType.U8 => element[0],
                SafetensorType.I8 => (sbyte)element[0],
                SafetensorType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
                SafetensorType.I16 => BinaryPrimitives.ReadInt16LittleEndian(element),
                SafetensorType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
                SafetensorType.I32 => BinaryPrimitives.ReadInt32LittleEndian(element),
                SafetensorType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(element),
                SafetensorType.I64 => BinaryPrimitives.ReadInt64LittleEndian(element),
                SafetensorType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                SafetensorType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                SafetensorType.F32 => BinaryPrimitives.ReadSingleLittleEndian(element),
                SafetensorType.F64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                _ => throw new InvalidDataException($"elements of type {type.Name()} cannot be read as floats"),
            };
        }
    }
}

/// <summary>A tensor to be written.</summary>
/// <param name="Name">The name of the tensor.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Bytes">The elements in row-major order, little-endian.</param>
public sealed record SafetensorEntry(string Name, SafetensorType Type, Shape Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Creates a tensor of floats. The values are copied.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="values">The elements in row-major order.</param>
    public static SafetensorEntry FromFloats(string name, Shape shape, ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[checked(values.Length * sizeof(float))];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return new SafetensorEntry(name, SafetensorType.F32, shape, bytes);
    }
}

/// <summary>The description of a tensor in a safetensors header.</summary>
/// <param name="Name">The name of the tensor.</param>
/// <param name="Type">The element type.</param>
/// <param name="Dimensions">The dimensions, outermost first; empty for a scalar.</param>
/// <param name="Offset">The offset of the first byte from the end of the header.</param>
/// <param name="ByteLength">The number of bytes.</param>
public sealed record SafetensorInfo(string Name, SafetensorType Type, IReadOnlyList<long> Dimensions, long Offset, long ByteLength)
{
    /// <summary>The number of elements.</summary>
    public long Length => Dimensions.Aggregate(1L, (product, size) => product * size);

    /// <summary>Name, type and sizes; of a long name its beginning, with control characters escaped.</summary>
    public override string ToString() => $"{MessageText.Of(Name)} {Type.Name()} [{MessageText.List(Dimensions)}]";
}
