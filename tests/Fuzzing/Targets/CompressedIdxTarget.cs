using System.IO.Compression;

namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>IDX files in gzip's: half of the mutations are of the compressed bytes, half of what they hold.</summary>
internal sealed class CompressedIdxTarget : FuzzTarget
{
    /// <summary>The first two bytes are what makes the reader take a file for a compressed one.</summary>
    private const int MagicLength = 2;

    private readonly IdxTarget _plain = new();

    public CompressedIdxTarget() => Seeds =
    [
        .. _plain.Seeds.Select(Compress),
        Compress([0, 0, 8, 2, 0, 0, 4, 0, 0, 0, 4, 0, .. new byte[1 << 20]]),
        // A file of several members, as RFC 1952 allows.
        [.. Compress([0, 0, 8, 1, 0]), .. Compress([0, 0, 5, 1, 2]), .. Compress([3, 4, 5])],
    ];

    public override string Name => "idx-gz";

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override long FixedBytes => 2_500_000;

    /// <summary>Deflate makes at most about a thousand bytes of one; the elements grow by doubling.</summary>
    public override long BytesPerByte => 4 * 1032;

    public override void Read(byte[] file) => IdxFile.Read(new MemoryStream(file), "file");

    public override byte[] Mutate(byte[] seed, Mutator mutator)
    {
        byte[] mutated = mutator.Below(2) == 0 ? mutator.Mutate(seed, []) : Compress(_plain.Mutate(mutator.Pick(_plain.Seeds), mutator));
        if (mutated.Length < MagicLength || mutator.Below(16) == 0)
            return mutated;
        (mutated[0], mutated[1]) = (0x1F, 0x8B);
        return mutated;
    }

    private static byte[] Compress(byte[] contents)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(contents);
        return compressed.ToArray();
    }
}
