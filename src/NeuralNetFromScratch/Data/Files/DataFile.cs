using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace NeuralNetFromScratch;

/// <summary>
/// A file that stays open and that several threads read at any position. Its size and modification time are recorded when it is opened; a later change is an error.
/// </summary>
internal sealed class DataFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly DateTime _time;
    private long _lastCall;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="InvalidDataException">The file is compressed, or is not a regular file.</exception>
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
            Span<byte> magic = stackalloc byte[CompressedFile.LongestMagic];
            if (CompressedFile.Format(magic[..ReadUpTo(magic, 0)]) is { } kind)
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

    /// <summary>The file name for messages, without folders.</summary>
    public string Name { get; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>A text that identifies the file by its name, size and modification time.</summary>
    public string Fingerprint => DatasetFingerprint.OfFile(Path.GetFileName(_path), Length, _time);

    /// <summary>Reads bytes at an offset.</summary>
    /// <exception cref="InvalidDataException">The file has become shorter.</exception>
    public void Read(Span<byte> bytes, long offset)
    {
        if (ReadUpTo(bytes, offset) < bytes.Length)
            throw Changed();
    }

    /// <summary>Reads bytes at an offset. Reads fewer if the file ends before the span is full.</summary>
    /// <returns>The number of bytes that were read.</returns>
    public int ReadUpTo(Span<byte> bytes, long offset)
    {
        int filled = 0;
        while (filled < bytes.Length && RandomAccess.Read(_handle, bytes[filled..], offset + filled) is > 0 and int read)
            filled += read;
        return filled;
    }

    /// <exception cref="InvalidDataException">The size or the modification time of the file has changed since the file was opened.</exception>
    public void ThrowIfChanged()
    {
        if (RandomAccess.GetLength(_handle) != Length || File.GetLastWriteTimeUtc(_handle) != _time)
            throw Changed();
    }

    /// <summary>Checks the file once for each call. The number of a call is greater than the numbers of the calls that began before it.</summary>
    /// <exception cref="InvalidDataException">The size or the modification time of the file has changed since the file was opened.</exception>
    public void ThrowIfChanged(long call)
    {
        if (Volatile.Read(ref _lastCall) >= call)
            return;
        ThrowIfChanged();
        Volatile.Write(ref _lastCall, call);
    }

    /// <summary>Creates an exception that names the line at an offset. The file is read up to this offset to count its lines.</summary>
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
}
