
namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>IDX files.</summary>
internal sealed class IdxTarget : FuzzTarget
{
    public override string Name => "idx";

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, 0, 8, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5],
        [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6],
        [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 3, .. Enumerable.Range(0, 24).Select(i => (byte)i)],
        [0, 0, 8, 8, .. Enumerable.Repeat<byte[]>([0, 0, 0, 1], 8).SelectMany(size => size), 9],
        [0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 9],
    ];

    public override long FixedBytes => 32_768;

    public override long BytesPerByte => 4;

    public override void Read(byte[] file) => IdxFile.Read(new MemoryStream(file), "file");
}
