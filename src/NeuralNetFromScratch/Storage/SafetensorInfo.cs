namespace NeuralNetFromScratch;

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
