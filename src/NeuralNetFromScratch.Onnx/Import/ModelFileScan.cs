using Google.Protobuf;

namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Counts the objects of a model file before it is parsed, since a few bytes can become an object of a hundred bytes. Time and memory of an import are
/// proportional to the file: at most five times the bytes of its weights, and six kilobytes for each node.
/// </summary>
internal static class ModelFileScan
{
    /// <summary>The number of entries (nodes, attributes, names) that any file can have, and the minimum number of bytes for each further one.</summary>
    private const int Allowance = 200_000, BytesPerEntry = 8;

    private const int MaximumNodes = 100_000;

    private const int Graph = 7, Node = 1, Attribute = 5;

    /// <summary>The fields that contain further entries, by their path: the graph of a model, its nodes, their attributes.</summary>
    /// <param name="file">The file, at its beginning, where it is left.</param>
    /// <exception cref="InvalidDataException">The file has too many entries, or is malformed.</exception>
    public static void Check(Stream file)
    {
        var counts = new Counts { Most = Allowance + file.Length / BytesPerEntry };
        try
        {
            using var input = new CodedInputStream(file, leaveOpen: true);
            Scan(input, file.Length, depth: 0, ref counts);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw MessageText.Malformed("the file is not an ONNX model", exception);
        }

        file.Position = 0;
    }

    private static void Scan(CodedInputStream input, long end, int depth, ref Counts counts)
    {
        while (input.Position < end && input.ReadTag() is not 0 and var tag)
        {
            int field = WireFormat.GetTagFieldNumber(tag);
            counts.Entries++;
            counts.Nodes += depth == 1 && field == Node ? 1 : 0;
            counts.ThrowIfTooMany();
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited && Inner(depth, field))
            {
                int length = input.ReadLength();
                Scan(input, input.Position + length, depth + 1, ref counts);
            }
            else
            {
                input.SkipLastField();
            }
        }
    }

    private static bool Inner(int depth, int field) => depth switch
    {
        0 => field == Graph,
        1 => field == Node,
        2 => field == Attribute,
        _ => false,
    };

    private ref struct Counts
    {
        public long Most, Entries;
        public int Nodes;

        /// <exception cref="InvalidDataException">The limit is exceeded.</exception>
        public readonly void ThrowIfTooMany()
        {
            if (Nodes > MaximumNodes)
                throw new InvalidDataException($"the model has more than {MaximumNodes} nodes");
            if (Entries > Most)
                throw new InvalidDataException($"the model has more than {Most} nodes, attributes and names, too many for the size of the file");
        }
    }
}
