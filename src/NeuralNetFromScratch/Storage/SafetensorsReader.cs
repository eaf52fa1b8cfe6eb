using System.Security.Cryptography;

namespace NeuralNetFromScratch;

/// <summary>
/// Reads a safetensors file: the header at once, and strictly, then tensors as they are asked for. A file that the reference
/// implementation (github.com/huggingface/safetensors) rejects is rejected here, before anything large is allocated.
/// </summary>
public sealed class SafetensorsReader : IDisposable
{
    private const int ChunkBytes = 1 << 16;

    private readonly Stream _stream;
    private readonly Stream? _owned;
    private readonly long _dataStart;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">
    /// The file, from the stream's position to its end. Of a stream that cannot seek everything is read at once and kept in memory, at most
    /// 2,147,483,591 bytes.
    /// </param>
    /// <param name="leaveOpen">Whether the stream stays open when the reader is closed; false by default.</param>
    /// <exception cref="InvalidDataException">The file breaks a rule of the format; the message says which and where.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="NotSupportedException">The stream cannot seek, and the file is too large to be kept in memory.</exception>
    public SafetensorsReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
            throw new ArgumentException("the stream cannot be read; open it for reading", nameof(stream));
        _stream = stream.CanSeek ? stream : SafetensorsBuffer.Of(stream);
        _owned = leaveOpen ? null : stream;
        (Tensors, Metadata) = SafetensorsHeader.Read(_stream, _stream.Length - _stream.Position);
        _dataStart = _stream.Position;
    }

    /// <summary>The tensors, in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorInfo> Tensors { get; }

    /// <summary>Free texts by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file breaks a rule of the format; the message says which and where.</exception>
    public static SafetensorsReader Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return new SafetensorsReader(stream);
        }
        catch (InvalidDataException exception)
        {
            stream.Dispose();
            throw MessageText.Malformed(path, exception);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads a tensor as floats, whatever number type it has.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="destination">As many floats as the tensor has elements.</param>
    /// <exception cref="InvalidDataException">The element type cannot be converted.</exception>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void ReadFloats(SafetensorInfo tensor, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!tensor.Type.CanBeFloats())
            throw new InvalidDataException($"tensor {MessageText.Quote(tensor.Name)}: elements of type {tensor.Type.Name()} cannot be read as floats");
        if (destination.Length != tensor.Length)
            throw new ArgumentException($"tensor {MessageText.Quote(tensor.Name)} has {tensor.Length} elements, got room for {destination.Length}", nameof(destination));
        _stream.Position = _dataStart + tensor.Offset;
        int size = tensor.Type.Bits() / 8;
        byte[] chunk = new byte[Math.Min(ChunkBytes, tensor.ByteLength)];
        while (destination.Length > 0)
        {
            int count = Math.Min(ChunkBytes / size, destination.Length);
            _stream.ReadExactly(chunk, 0, count * size);
            SafetensorTypes.ToFloats(tensor.Type, chunk, destination[..count]);
            destination = destination[count..];
        }
    }

    /// <summary>Adds a tensor's bytes to a digest.</summary>
    internal void AppendTo(IncrementalHash hash, SafetensorInfo tensor)
    {
        _stream.Position = _dataStart + tensor.Offset;
        byte[] chunk = new byte[Math.Min(ChunkBytes, tensor.ByteLength)];
        for (long left = tensor.ByteLength; left > 0; left -= chunk.Length)
        {
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, left));
            _stream.ReadExactly(part);
            hash.AppendData(part);
        }
    }

    /// <summary>Closes the file, unless its stream is to stay open.</summary>
    public void Dispose() => _owned?.Dispose();
}
