using System.Buffers.Binary;
using System.Text;

namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>Formats in safetensors files: mutations of the header mostly keep its length right, so that they get past it.</summary>
internal abstract class SafetensorsFamily : FuzzTarget
{
    private const int LengthBytes = 8;

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        .. ((string[])[
            "\"", "{", "}", "[", "]", ",", ":", "\\u0061", "\\u001b[2J\\u0007", "\\u202e", "\\ud800", "null", "true", "-1", "0.5", "1e9", "{}", "[]", "[[[[", "\"dtype\":\"F64\",", "\"F16\"", "\"BF16\"", "\"F4\"",
            "\"C64\"", "\"shape\":[]", "\"data_offsets\":[0,0]", "\"__metadata__\":{},", "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},", "dense1.weight", "units",
            "relu", "elu(1)", "NaN", "Infinity", "-0", "9223372036854775807", "dropout", "residual", "layernorm", "batchnorm", "kind", "layers", "affine", "\\\"", "\\n", "\u00e4",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    public override byte[] Mutate(byte[] seed, Mutator mutator)
    {
        if (mutator.Below(4) == 0)
            return mutator.Mutate(seed, Words);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(seed);
        byte[] header = mutator.Mutate(seed[LengthBytes..(LengthBytes + length)], Words), data = seed[(LengthBytes + length)..];
        byte[] file = [.. new byte[LengthBytes], .. header, .. data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        return file;
    }

    /// <summary>A file of some tensors and texts.</summary>
    protected static byte[] Write(IReadOnlyList<SafetensorEntry> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
