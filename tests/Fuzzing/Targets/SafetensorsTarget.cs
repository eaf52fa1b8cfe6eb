namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>safetensors files of any contents.</summary>
internal sealed class SafetensorsTarget : SafetensorsFamily
{
    public override string Name => "safetensors";

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Write([], null),
        Write([SafetensorEntry.FromFloats("a", [2, 3], [1, 2, 3, 4, 5, 6]), SafetensorEntry.FromFloats("b", [], [7]), SafetensorEntry.FromFloats("c", [0], [])], null),
        Write(
            [.. Enum.GetValues<SafetensorType>().Select(type => new SafetensorEntry(type.ToString(), type, [4], new byte[type.Bits() / 2]))],
            new Dictionary<string, string> { ["format"] = "pt", ["note"] = "a \"text\"\nof lines" }),
        // What the reference implementation takes besides: white space, a null, unknown fields.
        Raw(""" {"__metadata__":null,"a":{"dtype":"F8_E4M3FNUZ","shape":[2],"data_offsets":[0,2],"more":[{"deep":null}]}}""", 2),
    ];

    public override long FixedBytes => 100_000;

    public override long BytesPerByte => 64;

    private static byte[] Raw(string header, int dataLength)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)text.Length), .. text, .. new byte[dataLength]];
    }

    public override void Read(byte[] file)
    {
        using var reader = new SafetensorsReader(new MemoryStream(file));
        foreach (SafetensorInfo tensor in reader.Tensors)
        {
            if (tensor.Type.CanBeFloats())
                reader.ReadFloats(tensor, new float[tensor.Length]);
        }
    }
}
