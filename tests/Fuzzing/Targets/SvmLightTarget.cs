using System.Text;

namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>Texts in svmlight's format; every other one with sets of labels.</summary>
internal sealed class SvmLightTarget : FuzzTarget
{
    public override string Name => "svmlight";

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        "# comment\n1 1:0.5 3:-2e-3 # tail\n-1 2:1\n"u8.ToArray(),
        "3 qid:1 0:1\r\n2 qid:2 5:7\r\n"u8.ToArray(),
        "1,2 1:1\n 3:4\n0 2:1\n"u8.ToArray(),
        Encoding.ASCII.GetBytes("1" + string.Concat(Enumerable.Range(1, 300).Select(i => $" {i}:{i}")) + "\n"),
    ];

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        "qid:"u8.ToArray(), "#"u8.ToArray(), ":"u8.ToArray(), "\n"u8.ToArray(), "\r"u8.ToArray(), "nan"u8.ToArray(), "1e99"u8.ToArray(), "2147483647:1"u8.ToArray(), "-"u8.ToArray(), ","u8.ToArray(),
    ];

    /// <summary>The buffer of lines.</summary>
    public override long FixedBytes => 200_000;

    /// <summary>A column and a value take two bytes at least, and eight in memory, in lists that grow by doubling and are copied.</summary>
    public override long BytesPerByte => 64;

    public override void Read(byte[] file) => SvmLightFile.Read(new MemoryStream(file), "text", new() { IsMultiLabel = file.Length % 2 == 1 });
}
