using System.IO.Compression;
using System.Text;
using NeuralNetFromScratch.Tables;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Files;

/// <summary>Gzip-compressed files in every format that is read from them: what is missing or damaged is an error, and the memory is limited.</summary>
public class CompressedFileTests
{
    private const int Rows = 20_000;

    private static readonly Dictionary<string, (byte[] Contents, Func<string, int> CountRows)> _formats = new()
    {
        ["table.csv.gz"] = (Text("a,b\n", i => $"{i},x\n"), path => CsvFile.Read(path).RowCount),
        ["table.tsv.gz"] = (Text("a\tb\n", i => $"{i}\tx\n"), path => CsvFile.Read(path).RowCount),
        ["data.svm.gz"] = (Text("", i => $"1 1:{i}\n"), path => SvmLightFile.Read(path).Count),
        ["blocks.svm.gz"] = (Text("", i => $"1 1:{i}\n"), path => SvmLightFile.ReadBlocks(path, 1000, new() { ColumnCount = 1, IsZeroBased = false }).Sum(block => block.Count)),
        ["labels.idx.gz"] = ([0, 0, 8, 1, 0, 0, Rows >> 8, Rows & 255, .. Text("", i => $"{(char)('a' + i % 7)}")], path => IdxFile.Read(path).Shape[0]),
    };

    private static IEnumerable<string> Names => _formats.Keys;

    [TestCaseSource(nameof(Names))]
    public void A_file_is_read_whole_in_one_member_or_several(string name)
    {
        using var folder = new TemporaryFolder();
        (byte[] contents, Func<string, int> countRows) = _formats[name];
        string path = folder.File(name);
        File.WriteAllBytes(path, Compress(contents));
        Assert.That(countRows(path), Is.EqualTo(Rows));
        File.WriteAllBytes(path, [.. Compress(contents[..1000]), .. Compress(contents[1000..])]);
        Assert.That(countRows(path), Is.EqualTo(Rows));
    }

    [TestCaseSource(nameof(Names))]
    public void A_truncated_file_is_an_error(string name)
    {
        using var folder = new TemporaryFolder();
        (byte[] contents, Func<string, int> countRows) = _formats[name];
        string path = folder.File(name);
        byte[] compressed = Compress(contents);
        foreach (int length in (int[])[compressed.Length / 2, compressed.Length - 9, compressed.Length - 8, compressed.Length - 4, compressed.Length - 1])
        {
            File.WriteAllBytes(path, compressed[..length]);
            Assert.That(() => countRows(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(name), $"{length} of {compressed.Length} bytes");
        }
    }

    [TestCaseSource(nameof(Names))]
    public void A_changed_bit_is_an_error(string name)
    {
        using var folder = new TemporaryFolder();
        (byte[] contents, Func<string, int> countRows) = _formats[name];
        string path = folder.File(name);
        byte[] compressed = Compress(contents);
        foreach (int place in (int[])[3, compressed.Length / 3, compressed.Length - 6, compressed.Length - 3])
        {
            byte[] damaged = [.. compressed];
            damaged[place] ^= 0x40;
            File.WriteAllBytes(path, damaged);
            Assert.That(() => countRows(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(name), $"byte {place}");
        }
    }

    [Test]
    public void A_file_that_becomes_longer_than_the_limit_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["table.csv.gz", "data.svm.gz"])
            File.WriteAllBytes(folder.File(name), Compress(_formats[name].Contents));
        int csv = _formats["table.csv.gz"].Contents.Length, svm = _formats["data.svm.gz"].Contents.Length;
        Assert.That(CsvFile.Read(folder.File("table.csv.gz"), new() { MaxDecompressedBytes = csv }).RowCount, Is.EqualTo(Rows));
        Assert.That(SvmLightFile.Read(folder.File("data.svm.gz"), new() { MaxDecompressedBytes = svm }).Count, Is.EqualTo(Rows));
        Assert.That(
            () => CsvFile.Read(folder.File("table.csv.gz"), new() { MaxDecompressedBytes = csv - 1 }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"table.csv.gz: the file has more than {csv - 1} bytes when it is decompressed; set CsvOptions.MaxDecompressedBytes"));
        Assert.That(
            () => SvmLightFile.Read(folder.File("data.svm.gz"), new() { MaxDecompressedBytes = svm - 1 }),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"data.svm.gz: the file has more than {svm - 1} bytes when it is decompressed; set SvmLightOptions.MaxDecompressedBytes"));
    }

    [Test]
    public void An_idx_file_that_becomes_longer_than_a_gibibyte_is_refused_unless_more_is_allowed()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("images.idx.gz");
        File.WriteAllBytes(path, Compress([0, 0, 8, 2, 0, 0, 0x80, 0, 0, 0, 0x80, 1, .. new byte[100]]));
        Assert.That(() => IdxFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("has 1073774592 bytes, more than the allowed 1073741824"));
        Assert.That(() => IdxFile.Read(path, 1L << 31), Throws.TypeOf<InvalidDataException>().With.Message.Contains("ends after 100"));
    }

    [Test]
    public void A_line_without_end_takes_bounded_memory()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("line.csv.gz");
        using (var file = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            byte[] some = new byte[1 << 20];
            some.AsSpan().Fill((byte)'x');
            for (int i = 0; i < 100; i++)
                file.Write(some);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => CsvFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("line 1").And.Message.Contains("16777216 characters"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(200_000_000));
    }

    [Test]
    public void A_first_line_of_too_many_cells_is_refused() =>
        Assert.That(() => CsvFile.Parse(new string(',', 1_000_000) + "\n"), Throws.TypeOf<InvalidDataException>().With.Message.Contains("text, line 1: expected at most 1000000 columns, got 1000001"));

    private static byte[] Text(string start, Func<int, string> row) => Encoding.ASCII.GetBytes(start + string.Concat(Enumerable.Range(0, Rows).Select(row)));

    private static byte[] Compress(byte[] contents)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(contents);
        return compressed.ToArray();
    }
}
