using System.IO.Compression;

namespace NeuralNetFromScratch.Tests.Data;

public class IdxFileTests
{
    private static readonly byte[] Small = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

    [Test]
    public void A_gzip_file_of_several_members_is_read_and_a_limit_is_kept()
    {
        using var folder = new TemporaryFolder();
        byte[] contents = [0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6];
        using (FileStream file = File.Create(folder.File("two.gz")))
        {
            foreach (byte[] part in (byte[][])[contents[..7], contents[7..15], contents[15..]])
            {
                using var member = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
                member.Write(part);
            }
        }

        Assert.That(IdxFile.Read(folder.File("two.gz")).Values, Is.EqualTo((byte[])[1, 2, 3, 4, 5, 6]));
        Assert.That(IdxFile.Read(folder.File("two.gz"), maxByteCount: 6).Values, Has.Length.EqualTo(6));
        Assert.That(() => IdxFile.Read(folder.File("two.gz"), maxByteCount: 5), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("more than the allowed 5"));
    }

    [Test]
    public void Files_come_back_as_written([Values("a", "a.gz")] string name, [Values(1, 2, 3, 8)] int rank)
    {
        using var folder = new TemporaryFolder();
        int[] dimensions = [.. Enumerable.Range(0, rank).Select(i => i % 3 + 1)];
        var shape = Shape.Create(dimensions);
        byte[] values = [.. Enumerable.Range(0, shape.ElementCount).Select(i => (byte)i)];
        IdxFile.Write(folder.File(name), shape, values);
        IdxData read = IdxFile.Read(folder.File(name));
        Assert.That(read.Shape, Is.EqualTo(shape));
        Assert.That(read.Values, Is.EqualTo(values));
        Assert.That(folder.FileNames, Is.EqualTo((string[])[name]), "nothing else is left");
    }

    [Test]
    public void The_format_is_that_of_the_MNIST_files()
    {
        using var folder = new TemporaryFolder();
        IdxFile.Write(folder.File("a"), [2, 3], [1, 2, 3, 4, 5, 6]);
        Assert.That(File.ReadAllBytes(folder.File("a")), Is.EqualTo(Small));
    }

    [Test]
    public void A_large_compressed_file_comes_back()
    {
        byte[] values = [.. Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * i))];
        using var folder = new TemporaryFolder();
        IdxFile.Write(folder.File("a.gz"), [3000, 1000], values);
        Assert.That(IdxFile.Read(folder.File("a.gz")).Values, Is.EqualTo(values));
    }

    [TestCase("1 0 8 1 0 0 0 0", "two zero bytes")]
    [TestCase("0 1 8 1 0 0 0 0", "two zero bytes")]
    [TestCase("0 0 9 1 0 0 0 0", "signed byte")]
    [TestCase("0 0 11 1 0 0 0 0", "16-bit integer")]
    [TestCase("0 0 12 1 0 0 0 0", "32-bit integer")]
    [TestCase("0 0 13 1 0 0 0 0", "32-bit float")]
    [TestCase("0 0 14 1 0 0 0 0", "64-bit float")]
    [TestCase("0 0 7 1 0 0 0 0", "is not an IDX type")]
    [TestCase("0 0 8 0", "1 to 8 dimensions, got 0")]
    [TestCase("0 0 8 9", "1 to 8 dimensions, got 9")]
    [TestCase("0 0 8 1 255 255 255 255", "dimension 0 is 4294967295")]
    [TestCase("0 0 8 2 0 1 0 0 0 1 0 0", "[65536, 65536]")]
    [TestCase("0 0 8 3 0 0 0 0 127 255 255 255 127 255 255 255", "[0, 2147483647, 2147483647]")]
    [TestCase("0 0 8 1 0 0 0 2 1 2 3", "")]
    [TestCase("0 0 8 1 0 0 0 2 1", "")]
    [TestCase("", "first four bytes")]
    public void Malformed_files_are_refused_raw_and_compressed(string bytes, string message)
    {
        byte[] contents = [.. bytes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(byte.Parse)];
        Refused(contents, message);
        Refused(Compress(contents), message);
    }

    [Test]
    public void Every_truncation_is_refused([Values] bool compressed)
    {
        byte[] whole = compressed ? Compress(Small) : Small;
        for (int length = 0; length < whole.Length; length++)
        {
            Refused(whole[..length], "");
        }
    }

    [Test]
    public void Damaged_compressed_data_are_refused()
    {
        byte[] damaged = Compress(new byte[1000]);
        for (int i = 10; i < damaged.Length - 8; i++)
        {
            byte[] copy = [.. damaged];
            copy[i] ^= 0xFF;
            Refused(copy, "");
        }
    }

    [Test]
    public void A_bomb_does_not_go_off()
    {
        byte[] bomb = Compress([.. Small, .. new byte[50_000_000]]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(bomb, "bytes after the 6 elements");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    [Test]
    public void A_promise_of_gigabytes_allocates_none()
    {
        byte[] promise = [0, 0, 8, 1, 0x7F, 0, 0, 0, 1, 2, 3];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(promise, "has 2130706440 bytes, got 11");
        Refused(Compress(promise), "more than the allowed 1073741824");
        Assert.That(
            () => IdxFile.Read(new MemoryStream(Compress(promise)), "file", maxByteCount: long.MaxValue),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("the file ends after 3"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4_000_000));
    }

    [Test]
    public void A_failed_write_leaves_no_file()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => IdxFile.Write(folder.File("a"), [], [1]), Throws.ArgumentException);
        Assert.That(() => IdxFile.Write(folder.File("a"), [3], [1]), Throws.ArgumentException);
        Directory.CreateDirectory(folder.File("taken"));
        Assert.That(() => IdxFile.Write(folder.File("taken"), [1], [1]), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(folder.FileNames, Is.Empty);
    }

    private static byte[] Compress(byte[] contents)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(contents);
        // An empty input would give an empty stream; a gzip file it must be.
        return contents.Length > 0 ? compressed.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private static void Refused(byte[] contents, string message) =>
        Assert.That(
            () => IdxFile.Read(new MemoryStream(contents), "file"),
            Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith("file: ").And.Message.Contains(message));
}
