using System.Security.Cryptography;

namespace NeuralNetFromScratch;

/// <summary>
/// Reads a safetensors file: the header at once, with all checks, then single tensors on demand. Every file that the reference implementation
/// (github.com/huggingface/safetensors) rejects is rejected before anything large is allocated.
/// </summary>
public sealed class SafetensorsReader : IDisposable
{
    private const int ChunkBytes = 1 << 16;

    private readonly Stream _stream;
    private readonly Stream? _owned;
    private readonly long _dataStart;

    /// <summary>Opens a safetensors file in a stream and reads its header.</summary>
    /// <param name="stream">
    /// The file, from the stream's position to its end. A stream that cannot seek is read completely into memory, at most 2,147,483,591 bytes.
    /// </param>
    /// <param name="leaveOpen">Whether the stream stays open when the reader is disposed of. Default: false.</param>
    /// <exception cref="InvalidDataException">The file violates the format. The message says which rule and where.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="NotSupportedException">The stream cannot seek, and the file is too large for memory.</exception>
    public SafetensorsReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
            throw new ArgumentException("the stream is not readable; open it for reading", nameof(stream));
        _stream = stream.CanSeek ? stream : SafetensorsBuffer.Of(stream);
        _owned = leaveOpen ? null : stream;
        (Tensors, Metadata) = SafetensorsHeader.Read(_stream, _stream.Length - _stream.Position);
        _dataStart = _stream.Position;
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorInfo> Tensors { get; }

    /// <summary>The texts of the metadata by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="InvalidDataException">The file violates the format. The message says which rule and where.</exception>
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

    /// <summary>Reads a tensor as floats. Other number types are converted.</summary>
    /// <param name="tensor">A tensor of <see cref="Tensors"/>.</param>
    /// <param name="destination">Receives the elements in row-major order; it has one float for each.</param>
    /// <exception cref="InvalidDataException">The element type cannot be converted to floats.</exception>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void ReadFloats(SafetensorInfo tensor, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!tensor.Type.CanBeFloats())
            throw new InvalidDataException($"tensor {MessageText.Quote(tensor.Name)}: elements of type {tensor.Type.Name()} cannot be read as floats");
        if (destination.Length != tensor.Length)
            throw new ArgumentException($"tensor {MessageText.Quote(tensor.Name)} has {tensor.Length} elements, got a destination of {destination.Length}", nameof(destination));
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

    /// <summary>Appends a tensor's bytes to a hash.</summary>
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

    /// <summary>Closes the stream unless the reader was created with leaveOpen.</summary>
    public void Dispose() => _owned?.Dispose();
}
