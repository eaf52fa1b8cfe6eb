namespace NeuralNetFromScratch;

/// <summary>
/// A pool of read buffers. A thread rents a buffer and returns it. The number of buffers is the maximum number of threads that have read at the same time.
/// </summary>
internal sealed class BufferPool
{
    private readonly Lock _lock = new();
    private readonly Stack<ReadBuffer> _free = new();

    public ReadBuffer Rent()
    {
        lock (_lock)
            return _free.TryPop(out ReadBuffer? buffer) ? buffer : new();
    }

    public void Return(ReadBuffer buffer)
    {
        lock (_lock)
            _free.Push(buffer);
    }
}

/// <summary>A buffer of bytes and a buffer of characters. Each grows to the longest length that was requested.</summary>
internal sealed class ReadBuffer
{
    private byte[] _bytes = [];
    private char[] _characters = [];

    /// <summary>Returns a span of bytes with the specified length. Earlier contents may be overwritten or lost.</summary>
    public Span<byte> Bytes(int length) => Grown(ref _bytes, length);

    /// <summary>Returns a span of characters with the specified length. Earlier contents may be overwritten or lost.</summary>
    public Span<char> Characters(int length) => Grown(ref _characters, length);

    private static Span<T> Grown<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new T[Math.Max(length, (int)Math.Min(2L * buffer.Length, Array.MaxLength))];
        return buffer.AsSpan(0, length);
    }
}
