using System.IO.Compression;
using NeuralNetFromScratch.Fuzzing;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>Networks on streams: those that seek, and those that do not and give a few bytes at a time.</summary>
public class StreamTests
{
    [Test]
    public void A_stream_has_the_bytes_of_a_file_and_stays_open([Values] TensorNaming naming)
    {
        using var folder = new TemporaryFolder();
        Network().Save(folder.File("model"), naming);
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);
        Network().Save(stream, naming);
        stream.WriteByte(4);
        Assert.That(stream.ToArray(), Is.EqualTo((byte[])[1, 2, 3, .. File.ReadAllBytes(folder.File("model")), 4]));
    }

    [Test]
    public void A_network_comes_back_with_the_same_bits([Values] bool seeks, [Values] TensorNaming naming)
    {
        byte[] file = [9, 9, .. Bytes(naming)];
        using var memory = new MemoryStream(file) { Position = 2 };
        using Stream stream = seeks ? memory : new TrickleStream(memory);
        Sequential loaded = Sequential.Load(stream);
        Assert.That(TestValues.Bits(loaded.Parameters.Values), Is.EqualTo(TestValues.Bits(Network().Parameters.Values)));
        Assert.That(loaded.ClassNames, Is.EqualTo(Network().ClassNames));
        Assert.That(memory.Position, Is.EqualTo(file.Length), "the stream is open, at its end");
    }

    [Test]
    public void A_network_goes_through_a_compressed_stream()
    {
        using var memory = new MemoryStream();
        using (var packed = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true))
            Network().Save(packed);
        memory.Position = 0;
        using var unpacked = new GZipStream(memory, CompressionMode.Decompress);
        Assert.That(TestValues.Bits(Sequential.Load(unpacked).Parameters.Values), Is.EqualTo(TestValues.Bits(Network().Parameters.Values)));
    }

    [Test]
    public void A_stream_that_is_cut_anywhere_or_goes_on_is_refused([Values] bool seeks)
    {
        byte[] whole = Bytes();
        for (int length = 0; length < whole.Length; length++)
            Assert.That(() => Load(whole[..length], seeks), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith("stream: "), $"{length} bytes");
        Assert.That(() => Load([.. whole, 0], seeks), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("the tensors end at byte"));
    }

    [Test]
    public void A_stream_that_does_not_end_is_refused_after_the_file()
    {
        using var stream = new TrickleStream(new Endless(Bytes()));
        Assert.That(() => Sequential.Load(stream), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("but the stream continues"));
        using var zeros = new TrickleStream(new Endless([]));
        Assert.That(() => Sequential.Load(zeros), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("does not begin with {"));
    }

    [Test]
    public void A_header_that_speaks_of_more_than_there_is_takes_no_memory_for_it()
    {
        byte[] header = [.. """{"a":{"dtype":"F32","shape":[500000000],"data_offsets":[0,2000000000]}}"""u8];
        byte[] file = [.. BitConverter.GetBytes((ulong)header.Length), .. header, 1, 2, 3];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => Load(file, seeks: false), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("but the file has 3 bytes after the header"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    [Test]
    public void A_file_that_one_array_cannot_hold_is_refused_before_it_is_read()
    {
        byte[] header = [.. """{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}"""u8];
        byte[] file = [.. BitConverter.GetBytes((ulong)header.Length), .. header];
        Assert.That(() => Load(file, seeks: false), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("copy it to a file"));
    }

    [Test]
    public void A_file_of_another_kind_is_named([Values] bool seeks)
    {
        Assert.That(() => Load([0x50, 0x4B, 0x03, 0x04, .. new byte[200]], seeks), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("a zip archive"));
        Assert.That(() => Load([.. "<!doctype html><html><body>not found</body></html>"u8], seeks), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("an HTML or XML page"));
    }

    [Test]
    public void Streams_that_cannot_be_read_or_written_are_refused()
    {
        using var readOnly = new MemoryStream([], writable: false);
        var closed = new MemoryStream();
        closed.Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(() => Network().Save(readOnly), Throws.ArgumentException.With.Property("ParamName").EqualTo("stream"));
            Assert.That(() => Sequential.Load(closed), Throws.ArgumentException.With.Property("ParamName").EqualTo("stream"));
            Assert.That(() => Network().Save((Stream)null!), Throws.ArgumentNullException);
            Assert.That(() => Sequential.Load((Stream)null!), Throws.ArgumentNullException);
        });
    }

    [Test]
    public void A_reader_closes_its_stream_unless_it_is_to_stay_open([Values] bool leaveOpen, [Values] bool seeks)
    {
        var memory = new MemoryStream(Bytes());
        using Stream stream = seeks ? memory : new TrickleStream(memory);
        new SafetensorsReader(stream, leaveOpen).Dispose();
        Assert.That(memory.CanRead, Is.EqualTo(leaveOpen));
    }

    private static Sequential Network() => new([3], 1, new Dense(4, Activation.Relu), new BatchNormalization(), new Dense(2))
    {
        ClassNames = ["a", "b"], OutputActivation = OutputActivation.Softmax,
    };

    private static byte[] Bytes(TensorNaming naming = TensorNaming.Native)
    {
        using var stream = new MemoryStream();
        Network().Save(stream, naming);
        return stream.ToArray();
    }

    private static Sequential Load(byte[] bytes, bool seeks)
    {
        using var memory = new MemoryStream(bytes);
        using Stream stream = seeks ? memory : new TrickleStream(memory);
        return Sequential.Load(stream);
    }

    /// <summary>Some bytes, and then zeros without end.</summary>
    private sealed class Endless(byte[] start) : MemoryStream(start)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = base.Read(buffer, offset, count);
            if (read > 0)
                return read;
            buffer.AsSpan(offset, count).Clear();
            return count;
        }
    }
}
