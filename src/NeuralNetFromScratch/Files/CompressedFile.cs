using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace NeuralNetFromScratch;

/// <summary>
/// The decompressed contents of a gzip file. They are read once, from beginning to end. Damaged data, a file that ends before its trailer, and contents longer than
/// a limit cause an exception.
/// </summary>
internal sealed class CompressedFile : Stream
{
    /// <summary>The default limit of readers that keep the contents in memory: 1 GiB.</summary>
    public const long DefaultMaxBytes = 1L << 30;

    /// <summary>The number of bytes from which <see cref="Format"/> recognizes every format.</summary>
    public const int LongestMagic = 6;

    /// <summary>The format that can be read.</summary>
    public const string Gzip = "gzip";

    private const int TrailerBytes = 4;

    private readonly Stream _file;
    private readonly GZipStream _contents;
    private readonly string _name;
    private readonly long _maxBytes;
    private readonly string _advice;
    private readonly bool _leaveOpen;
    private long _read;
    private bool _isAtEnd;

    /// <param name="file">The compressed file. It is read from its beginning; one that is not seekable, from its position, and its trailer is not checked.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="maxBytes">The maximum number of decompressed bytes.</param>
    /// <param name="limit">The name of the option that sets the maximum, for the message; null for none.</param>
    /// <param name="leaveOpen">Whether the file stays open.</param>
    public CompressedFile(Stream file, string name, long maxBytes = long.MaxValue, string? limit = null, bool leaveOpen = false)
    {
        (_file, _name, _maxBytes, _leaveOpen) = (file, name, maxBytes, leaveOpen);
        _advice = limit is null ? "" : $"; set {limit}, or decompress the file first";
        if (file.CanSeek)
            file.Position = 0;
        _contents = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <summary>Returns the format of a compressed file from its first <see cref="LongestMagic"/> bytes, or fewer if it is shorter; null if it is not compressed.</summary>
    public static string? Format(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith<byte>([0x1F, 0x8B]))
            return Gzip;
        if (start.StartsWith("BZh"u8))
            return "bzip2";
        if (start.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]))
            return "zstd";
        if (start.StartsWith<byte>([0x50, 0x4B, 0x03, 0x04]))
            return "zip";
        return start.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) ? "xz" : null;
    }

    /// <summary>Opens a file that may be compressed with gzip.</summary>
    /// <param name="path">The file. It is decompressed if its name ends in .gz or it begins as a gzip file does.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="maxBytes">The maximum number of decompressed bytes of a compressed file.</param>
    /// <param name="limit">The name of the option that sets the maximum, for the message; null for none.</param>
    /// <exception cref="InvalidDataException">The file is compressed in another format.</exception>
    public static Stream Open(string path, string name, long maxBytes = long.MaxValue, string? limit = null)
    {
        FileStream file = File.OpenRead(path);
        try
        {
            bool isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            if (file.CanSeek)
            {
                Span<byte> start = stackalloc byte[LongestMagic];
                string? format = Format(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
                if (format is not (null or Gzip))
                    throw new InvalidDataException($"{name}: the file is compressed with {format}; decompress it first");
                file.Position = 0;
                isCompressed |= format is not null;
            }

            return isCompressed ? new CompressedFile(file, name, maxBytes, limit) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <exception cref="InvalidDataException">The compressed data are damaged or truncated, or the contents are longer than the limit.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_isAtEnd || buffer.IsEmpty)
            return 0;
        int count;
        try
        {
            count = _contents.Read(buffer);
        }
        catch (InvalidDataException exception)
        {
            throw MessageText.Malformed(string.Create(CultureInfo.InvariantCulture, $"{_name}: the compressed data are damaged after {_read} decompressed bytes"), exception);
        }

        _read += count;
        if (_read > _maxBytes)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{_name}: the file has more than {_maxBytes} bytes when it is decompressed{_advice}"));
        if (count == 0)
        {
            _isAtEnd = true;
            if (_file.CanSeek)
                CheckTrailer();
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _contents.Dispose();
            if (!_leaveOpen)
                _file.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// Checks that the file ends with the length of its contents (RFC 1952). The decompressor checks a trailer that exists, but does not detect a file that is
    /// truncated after the data.
    /// </summary>
    private void CheckTrailer()
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        uint? last = null;
        if (_file.Length >= TrailerBytes)
        {
            _file.Seek(-TrailerBytes, SeekOrigin.End);
            _file.ReadExactly(trailer);
            last = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        }

        if (last != (uint)_read && !(last < _read && HasSeveralMembers()))
            throw new InvalidDataException($"{_name}: the compressed data end before their trailer");
    }

    /// <summary>Whether the file consists of several members, as RFC 1952 allows. If so, the trailer belongs only to the last member.</summary>
    private bool HasSeveralMembers()
    {
        ReadOnlySpan<byte> start = [0x1F, 0x8B, 0x08];
        _file.Position = start.Length;
        byte[] chunk = new byte[1 << 16];
        int kept = 0;
        while (_file.Read(chunk, kept, chunk.Length - kept) is > 0 and int read)
        {
            Span<byte> bytes = chunk.AsSpan(0, kept + read);
            if (bytes.IndexOf(start) >= 0)
                return true;
            kept = Math.Min(start.Length - 1, bytes.Length);
            bytes[^kept..].CopyTo(chunk);
        }

        return false;
    }
}
