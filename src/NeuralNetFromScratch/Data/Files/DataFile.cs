using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace NeuralNetFromScratch;

/// <summary>A file that stays open and is read at any place by several threads. Its size and time are those at its opening; a change is an error.</summary>
internal sealed class DataFile : IDisposable
{
    private const int LongestMagic = 6;

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly DateTime _time;
    private long _lastCall;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="InvalidDataException">The file is compressed, or is no regular file.</exception>
    public DataFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        Name = MessageText.Escape(Path.GetFileName(path));
        _handle = File.OpenHandle(path);
        try
        {
            Length = RandomAccess.GetLength(_handle);
            _time = File.GetLastWriteTimeUtc(_handle);
            Span<byte> magic = stackalloc byte[LongestMagic];
            if (Compression(magic[..ReadUpTo(magic, 0)]) is { } kind)
                throw new InvalidDataException($"{Name}: the file is compressed with {kind}, so that no sample can be read without all before it; decompress it first");
        }
        catch (NotSupportedException exception)
        {
            _handle.Dispose();
            throw new InvalidDataException($"{Name}: only a regular file can be read sample by sample", exception);
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    /// <summary>The name in messages, without folders.</summary>
    public string Name { get; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>What identifies the file: its name, size and time.</summary>
    public string Fingerprint => DatasetFingerprint.OfFile(Path.GetFileName(_path), Length, _time);

    /// <summary>Reads bytes at a place.</summary>
    /// <exception cref="InvalidDataException">The file has become shorter.</exception>
    public void Read(Span<byte> bytes, long offset)
    {
        if (ReadUpTo(bytes, offset) < bytes.Length)
            throw Changed();
    }

    /// <summary>Reads bytes at a place, fewer at the end of the file.</summary>
    public int ReadUpTo(Span<byte> bytes, long offset)
    {
        int filled = 0;
        while (filled < bytes.Length && RandomAccess.Read(_handle, bytes[filled..], offset + filled) is > 0 and int read)
            filled += read;
        return filled;
    }

    /// <exception cref="InvalidDataException">The size or the time of the file is no longer that at its opening.</exception>
    public void ThrowIfChanged()
    {
        if (RandomAccess.GetLength(_handle) != Length || File.GetLastWriteTimeUtc(_handle) != _time)
            throw Changed();
    }

    /// <summary>Checks the file once for a call, whose number is greater than those of calls that began before it.</summary>
    /// <exception cref="InvalidDataException">The size or the time of the file is no longer that at its opening.</exception>
    public void ThrowIfChanged(long call)
    {
        if (Volatile.Read(ref _lastCall) >= call)
            return;
        ThrowIfChanged();
        Volatile.Write(ref _lastCall, call);
    }

    /// <summary>An exception that names the line at a place; it reads the file up to there.</summary>
    public InvalidDataException Malformed(long offset, int sample, string what)
    {
        var bytes = new byte[1 << 16];
        long line = 1;
        for (long place = 0; place < offset; place += bytes.Length)
            line += bytes.AsSpan(0, ReadUpTo(bytes.AsSpan(0, (int)Math.Min(bytes.Length, offset - place)), place)).Count((byte)'\n');
        return new(string.Create(CultureInfo.InvariantCulture, $"{Name}, line {line}, sample {sample}: {what}"));
    }

    public void Dispose() => _handle.Dispose();

    private InvalidDataException Changed() => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: the file has changed while it was in use: it had {Length} bytes of {_time:u}, and has {RandomAccess.GetLength(_handle)} of {File.GetLastWriteTimeUtc(_handle):u}"));

    private static string? Compression(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith<byte>([0x1F, 0x8B]))
            return "gzip";
        if (start.StartsWith("BZh"u8))
            return "bzip2";
        if (start.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]))
            return "zstd";
        return start.SequenceEqual<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) ? "xz" : null;
    }
}
