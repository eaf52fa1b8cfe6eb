using System.Text;
using NeuralNetFromScratch.Tables;

namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>Tables of separated values; every other one on a stream that cannot seek.</summary>
internal sealed class CsvTarget : FuzzTarget
{
    public override string Name => "csv";

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        "age,city,member,since\n31,Bern,yes,2020-02-29\nNA,\"Basel, \"\"Stadt\"\"\",no,2021-01-02T03:04:05.5Z\n"u8.ToArray(),
        "sep=;\r\na;b\r\n1,5;\"two\r\nlines\"\r\n\r\n;x\r\n"u8.ToArray(),
        [0xEF, 0xBB, 0xBF, .. "1\t2\t3\n4\t\t6\n"u8],
        Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("a|b\n1|\u00e4\n")).ToArray(),
        Encoding.ASCII.GetBytes("only\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $" {i} \n"))),
    ];

    /// <summary>A quotation mark that nobody closes, the names of a thousand columns, cells that are nearly numbers and dates.</summary>
    public override IReadOnlyList<byte[]> Crafted { get; } =
    [
        Encoding.ASCII.GetBytes("a,b\n\"" + new string('x', 5000)),
        Encoding.ASCII.GetBytes(new string(',', 1000) + "\n" + new string(',', 1000) + "\n"),
        "a,a\n1,2\n"u8.ToArray(),
        "a\n1e400\n0x1\n2020-13-45\n9999-12-31T23:59:59.9999999-14:00\n"u8.ToArray(),
    ];

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        "\""u8.ToArray(), "\"\""u8.ToArray(), ","u8.ToArray(), ";"u8.ToArray(), "\t"u8.ToArray(), "\n"u8.ToArray(), "\r"u8.ToArray(), "\r\n"u8.ToArray(), "sep="u8.ToArray(), "NA"u8.ToArray(), "NaN"u8.ToArray(),
        "1e400"u8.ToArray(), "0001-01-01T00:00+14:00"u8.ToArray(), "9999-12-31T23:59:59-14:00"u8.ToArray(), [0], [0xFF, 0xFE], [0xFF, 0xFE, 0, 0], [0xC3], "\u001b[2J\u0007"u8.ToArray(), "\u202e"u8.ToArray(),
    ];

    /// <summary>Buffers of characters and of places of cells.</summary>
    public override long FixedBytes => 1_000_000;

    /// <summary>Two bytes may be a column, with its name, its type and its lists.</summary>
    public override long BytesPerByte => 2048;

    public override void Read(byte[] file)
    {
        using Stream stream = file.Length % 2 == 0 ? new MemoryStream(file) : new TrickleStream(new MemoryStream(file));
        CsvFile.Read(stream);
    }
}
