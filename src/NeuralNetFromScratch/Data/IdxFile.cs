using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace NeuralNetFromScratch;

/// <summary>
/// Reads and writes files in the IDX format of the MNIST database (Y. LeCun, C. Cortes and C. Burges) with unsigned bytes as elements: two zero
/// bytes, the element type, the number of dimensions, each dimension as a big-endian 32-bit number, then the elements. Gzip-compressed files are
/// recognized by their first bytes.
/// </summary>
public static class IdxFile
{
    internal const byte UnsignedByte = 0x08, Int32 = 0x0C;
    private const int MaxRank = 8;

    /// <summary>Reads a file, compressed or not.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="maxByteCount">
    /// The maximum number of elements to read, so that a small compressed file cannot fill the memory. Null, the default, for 2³⁰ elements, 1 GiB, if the file is
    /// compressed, and for no limit otherwise.
    /// </param>
    /// <returns>The contents.</returns>
    /// <exception cref="InvalidDataException">The file is not an IDX file of bytes. The message describes the error and its position.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IdxData Read(string path, long? maxByteCount = null) => Read(path, UnsignedByte, maxByteCount);

    /// <summary>Reads a file of a given element type. Elements of several bytes are not converted; the most significant byte is first.</summary>
    internal static IdxData Read(string path, byte type, long? maxByteCount = null)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file, MessageText.Escape(Path.GetFileName(path)), type, maxByteCount);
    }

    /// <summary>Reads from a seekable stream, compressed or not, from its beginning to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="sourceName">The name of the source in messages.</param>
    /// <param name="maxByteCount">The maximum number of elements to read; null, the default, for 2³⁰ if the contents are compressed, and for no limit otherwise.</param>
    /// <returns>The contents.</returns>
    /// <exception cref="InvalidDataException">The stream is not an IDX file of bytes. The message describes the error and its position.</exception>
    public static IdxData Read(Stream stream, string sourceName, long? maxByteCount = null) => Read(stream, sourceName, UnsignedByte, maxByteCount);

    private static IdxData Read(Stream stream, string sourceName, byte type, long? maxByteCount)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> start = stackalloc byte[CompressedFile.LongestMagic];
        bool isCompressed = CompressedFile.Format(start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]) == CompressedFile.Gzip;
        stream.Position = 0;
        if (!isCompressed)
            return ReadRaw(stream, sourceName, type, stream.Length, maxByteCount ?? long.MaxValue);
        using var decompressed = new CompressedFile(stream, sourceName, leaveOpen: true);
        return ReadRaw(decompressed, sourceName, type, length: null, maxByteCount ?? CompressedFile.DefaultMaxBytes);
    }

    /// <summary>
    /// Opens pairs of files, samples [count, …shape] and labels [count], as one data set. The samples stay in the files and are read when they are needed. This
    /// method reads only headers, sizes and labels. The labels take one byte of memory for each sample.
    /// </summary>
    /// <param name="files">The paths of the samples and of their labels, at least one pair. The files of the samples must not be compressed.</param>
    /// <param name="classCount">The number of classes; positive.</param>
    /// <param name="scale">The factor from a byte to a feature; finite. Default: 1/255, which gives features from 0 to 1.</param>
    /// <param name="ignoreLabel">The label of samples without a class, see <see cref="Dataset.IgnoreLabel"/>; null, the default, for none.</param>
    /// <returns>The data set, which keeps the files open until it is disposed of.</returns>
    /// <exception cref="InvalidDataException">
    /// A file is malformed, its size differs from that in its header, or it does not match the other files. The message names the file.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ArgumentException"><paramref name="files"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classCount"/> is not positive, or <paramref name="scale"/> is not finite.</exception>
    public static FileDataset OpenDataset(IReadOnlyList<(string Images, string Labels)> files, int classCount, float scale = 1f / 255, int? ignoreLabel = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0)
            throw new ArgumentException("there must be at least one pair of files", nameof(files));
        return IdxOpening.Open(files, Guard.Positive(classCount, nameof(classCount)), Guard.Finite(scale, nameof(scale)), ignoreLabel);
    }

    /// <summary>Writes a file atomically. It is compressed if its name ends in ".gz".</summary>
    /// <param name="path">The path of the file. An existing file is replaced.</param>
    /// <param name="shape">The dimensions, 1 to 8 of them.</param>
    /// <param name="values">The elements in row-major order.</param>
    /// <exception cref="ArgumentException">
    /// The number of dimensions is out of range, or the number of elements differs from that of the shape.
    /// </exception>
    public static void Write(string path, Shape shape, ReadOnlySpan<byte> values)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (shape.Rank is 0 or > MaxRank)
            throw new ArgumentException($"an IDX file has 1 to {MaxRank} dimensions, got {shape}", nameof(shape));
        if (values.Length != shape.ElementCount)
            throw new ArgumentException($"shape {shape} has {shape.ElementCount} elements, got {values.Length}", nameof(values));

        var contents = new byte[HeaderLength(shape.Rank) + values.Length];
        contents[2] = UnsignedByte;
        contents[3] = (byte)shape.Rank;
        for (int i = 0; i < shape.Rank; i++)
            BinaryPrimitives.WriteInt32BigEndian(contents.AsSpan(4 + 4 * i), shape[i]);
        values.CopyTo(contents.AsSpan(HeaderLength(shape.Rank)));
        AtomicFile.Write(path, file =>
        {
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                file.Write(contents);
                return;
            }

            using var compressed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            compressed.Write(contents);
        });
    }

    private static IdxData ReadRaw(Stream stream, string sourceName, byte type, long? length, long maxByteCount)
    {
        int[] dimensions = ReadDimensions(stream, sourceName, type);
        Shape shape = ShapeOf(dimensions, sourceName);
        long bytes = (long)shape.ElementCount * (type == Int32 ? sizeof(int) : 1), expected = HeaderLength(shape.Rank) + bytes;
        if (bytes > maxByteCount)
            throw new InvalidDataException($"{sourceName}: shape {shape} has {bytes} bytes, more than the allowed {maxByteCount}; set {nameof(maxByteCount)}");
        if (bytes > Array.MaxLength)
            throw new InvalidDataException($"{sourceName}: shape {shape} has {bytes} bytes, more than the maximum array length");
        if (length is { } actual && actual != expected)
            throw new InvalidDataException($"{sourceName}: a file of shape {shape} has {expected} bytes, got {actual}");
        return new IdxData(shape, ReadElements(stream, sourceName, shape, (int)bytes, isLengthKnown: length is not null));
    }

    /// <summary>Reads the header, whose length is <see cref="HeaderLength"/>.</summary>
    internal static int[] ReadDimensions(Stream stream, string sourceName, byte type = UnsignedByte)
    {
        Span<byte> magic = stackalloc byte[4];
        Fill(stream, magic, sourceName, "its first four bytes");
        if (magic[0] != 0 || magic[1] != 0)
            throw new InvalidDataException($"{sourceName}: an IDX file begins with two zero bytes, got {magic[0]:X2} {magic[1]:X2}");
        if (magic[2] != type)
            throw new InvalidDataException($"{sourceName}: expected elements of type {TypeName(type)}, got {TypeName(magic[2])}");
        int rank = magic[3];
        if (rank is 0 or > MaxRank)
            throw new InvalidDataException($"{sourceName}: expected 1 to {MaxRank} dimensions, got {rank}");

        Span<byte> header = stackalloc byte[4 * rank];
        Fill(stream, header, sourceName, $"its {rank} dimensions");
        var dimensions = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            uint dimension = BinaryPrimitives.ReadUInt32BigEndian(header[(4 * i)..]);
            if (dimension > int.MaxValue)
                throw new InvalidDataException($"{sourceName}: dimension {i} is {dimension}, more than the maximum array length");
            dimensions[i] = (int)dimension;
        }

        return dimensions;
    }

    /// <summary>The number of bytes before the elements.</summary>
    internal static int HeaderLength(int rank) => 4 + 4 * rank;

    private static Shape ShapeOf(int[] dimensions, string sourceName)
    {
        try
        {
            return Shape.Create(dimensions);
        }
        catch (ArgumentException exception)
        {
            throw MessageText.Malformed(sourceName, exception);
        }
    }

    /// <summary>
    /// Reads exactly the number of elements that the header specifies. The memory for a compressed file is not allocated according to its header; it grows with the
    /// data that are read.
    /// </summary>
    private static byte[] ReadElements(Stream stream, string sourceName, Shape shape, int length, bool isLengthKnown)
    {
        const int FirstChunk = 1 << 20;
        var values = new byte[isLengthKnown ? length : Math.Min(length, FirstChunk)];
        int filled = 0;
        while (true)
        {
            filled += stream.ReadAtLeast(values.AsSpan(filled), values.Length - filled, throwOnEndOfStream: false);
            if (filled < values.Length)
                throw new InvalidDataException($"{sourceName}: shape {shape} has {shape.ElementCount} elements, but the file ends after {filled}{(length == shape.ElementCount ? "" : $" of {length} bytes")}");
            if (filled == length)
                break;
            Array.Resize(ref values, (int)Math.Min(length, 2L * values.Length));
        }

        if (stream.ReadByte() >= 0)
            throw new InvalidDataException($"{sourceName}: the file has bytes after the {shape.ElementCount} elements of shape {shape}");
        return values;
    }

    private static void Fill(Stream stream, Span<byte> bytes, string sourceName, string what)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new InvalidDataException($"{sourceName}: the file ends within {what}");
    }

    private static string TypeName(byte type) => type switch
    {
        UnsignedByte => "08 (unsigned byte)",
        0x09 => "09 (signed byte)",
        0x0B => "0B (16-bit integer)",
        Int32 => "0C (32-bit integer)",
        0x0D => "0D (32-bit float)",
        0x0E => "0E (64-bit float)",
        _ => $"{type:X2}, which is not an IDX type",
    };
}

/// <summary>The contents of an IDX file of bytes.</summary>
public sealed class IdxData
{
    internal IdxData(Shape shape, byte[] values)
    {
        Shape = shape;
        Values = values;
    }

    /// <summary>The dimensions, for example <c>[60000, 28, 28]</c>.</summary>
    public Shape Shape { get; }

    /// <summary>The elements in row-major order.</summary>
    [SuppressMessage("Performance", "CA1819", Justification = "Handed over without a copy, for data sets to keep.")]
    public byte[] Values { get; }
}
