namespace NeuralNetFromScratch;

/// <summary>Memory for reading. A thread rents it and gives it back, so that as many buffers exist as threads read at a time.</summary>
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

/// <summary>Memory of bytes and characters that grows to the longest piece that it has held.</summary>
internal sealed class ReadBuffer
{
    private byte[] _bytes = [];
    private char[] _characters = [];

    /// <summary>Bytes of a length. Their contents are lost.</summary>
    public Span<byte> Bytes(int length) => Grown(ref _bytes, length);

    /// <summary>Characters of a length. Their contents are lost.</summary>
    public Span<char> Characters(int length) => Grown(ref _characters, length);

    private static Span<T> Grown<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new T[Math.Max(length, (int)Math.Min(2L * buffer.Length, Array.MaxLength))];
        return buffer.AsSpan(0, length);
    }
}
