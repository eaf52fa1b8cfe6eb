using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>Reads tensors of a model file as constants.</summary>
internal sealed class TensorReader(ExternalData external)
{
    /// <summary>Returns the number of values in a tensor's data, regardless of its shape.</summary>
    public static long StoredValues(TensorProto tensor) =>
        tensor.RawData.Length / 4 + tensor.FloatData.Count + tensor.DoubleData.Count + tensor.Int64Data.Count + tensor.Int32Data.Count + tensor.Uint64Data.Count + tensor.StringData.Count;

    /// <exception cref="InvalidDataException">The type of the tensor is not supported, or its data do not fit its shape.</exception>
    public Value Read(TensorProto tensor, string name)
    {
        int[] sizes = SizesOf(tensor, name, out int length);
        if (OnnxTypes.Kind(tensor.DataType) is not { } kind)
            throw new InvalidDataException(
                $"tensor {MessageText.Quote(name)} has elements of ONNX type {OnnxTypes.Name(tensor.DataType)}; floats, doubles, float16, bfloat16 and whole numbers are read: convert the model's weights to float");
        if (kind == ElementKind.Text)
        {
            if (tensor.StringData.Count != length)
                throw Misfit(tensor, name, length, tensor.StringData.Count);
            return new Value { Kind = kind, Sizes = sizes, Texts = [.. tensor.StringData.Select(text => text.ToStringUtf8())] };
        }

        ReadOnlyMemory<byte> raw = ExternalData.IsExternal(tensor) ? external.Read(tensor, name, (long)length * OnnxTypes.Size(tensor.DataType)) : tensor.RawData.Memory;
        if (!raw.IsEmpty && raw.Length != (long)length * OnnxTypes.Size(tensor.DataType))
            throw Misfit(tensor, name, length, raw.Length / OnnxTypes.Size(tensor.DataType));
        if (raw.IsEmpty && Inline(tensor) is var count && count != length)
            throw Misfit(tensor, name, length, count);
        return kind == ElementKind.Number
            ? Value.OfNumbers(sizes, Numbers(tensor, raw.Span, length))
            : Value.OfIntegers(sizes, Integers(tensor, raw.Span, length), kind);
    }

    private static int[] SizesOf(TensorProto tensor, string name, out int length)
    {
        long product = 1;
        foreach (long size in tensor.Dims)
        {
            if (size < 0 || size > int.MaxValue || (size > 0 && product > int.MaxValue / size))
                throw new InvalidDataException($"tensor {MessageText.Quote(name)} has the invalid shape [{string.Join(", ", tensor.Dims)}]");
            product *= size;
        }

        length = (int)product;
        return [.. tensor.Dims.Select(size => (int)size)];
    }

    /// <summary>Returns the number of elements in the field of the type.</summary>
    private static int Inline(TensorProto tensor) => tensor.DataType switch
    {
        OnnxTypes.Float => tensor.FloatData.Count,
        OnnxTypes.Double => tensor.DoubleData.Count,
        OnnxTypes.Int64 => tensor.Int64Data.Count,
        12 or 13 => tensor.Uint64Data.Count,
        _ => tensor.Int32Data.Count,
    };

    private static float[] Numbers(TensorProto tensor, ReadOnlySpan<byte> raw, int length)
    {
        float[] numbers = new float[length];
        if (tensor.DataType == OnnxTypes.Float && !raw.IsEmpty && BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, float>(raw).CopyTo(numbers);
            return numbers;
        }

        for (int i = 0; i < length; i++)
        {
            numbers[i] = tensor.DataType switch
            {
                OnnxTypes.Float => raw.IsEmpty ? tensor.FloatData[i] : BinaryPrimitives.ReadSingleLittleEndian(raw[(4 * i)..]),
                OnnxTypes.Double => (float)(raw.IsEmpty ? tensor.DoubleData[i] : BinaryPrimitives.ReadDoubleLittleEndian(raw[(8 * i)..])),
                OnnxTypes.Half => (float)BitConverter.UInt16BitsToHalf(Bits(tensor, raw, i)),
                _ => BitConverter.UInt32BitsToSingle((uint)Bits(tensor, raw, i) << 16),
            };
        }

        return numbers;
    }

    private static ushort Bits(TensorProto tensor, ReadOnlySpan<byte> raw, int i) => raw.IsEmpty ? (ushort)tensor.Int32Data[i] : BinaryPrimitives.ReadUInt16LittleEndian(raw[(2 * i)..]);

    private static Extent[] Integers(TensorProto tensor, ReadOnlySpan<byte> raw, int length)
    {
        var integers = new Extent[length];
        for (int i = 0; i < length; i++)
        {
            integers[i] = new(tensor.DataType switch
            {
                OnnxTypes.Int64 => raw.IsEmpty ? tensor.Int64Data[i] : BinaryPrimitives.ReadInt64LittleEndian(raw[(8 * i)..]),
                12 => raw.IsEmpty ? (long)tensor.Uint64Data[i] : BinaryPrimitives.ReadUInt32LittleEndian(raw[(4 * i)..]),
                13 => (long)Math.Min(raw.IsEmpty ? tensor.Uint64Data[i] : BinaryPrimitives.ReadUInt64LittleEndian(raw[(8 * i)..]), long.MaxValue),
                _ when raw.IsEmpty => tensor.Int32Data[i],
                OnnxTypes.Int32 => BinaryPrimitives.ReadInt32LittleEndian(raw[(4 * i)..]),
                4 => BinaryPrimitives.ReadUInt16LittleEndian(raw[(2 * i)..]),
                5 => BinaryPrimitives.ReadInt16LittleEndian(raw[(2 * i)..]),
                3 => (sbyte)raw[i],
                _ => raw[i],
            });
        }

        return integers;
    }

    private static InvalidDataException Misfit(TensorProto tensor, string name, int length, long count) =>
        new($"tensor {MessageText.Quote(name)} of shape [{string.Join(", ", tensor.Dims)}] has {length} elements, but data for {count}");
}
