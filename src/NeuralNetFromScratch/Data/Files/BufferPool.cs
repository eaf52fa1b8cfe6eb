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

/// <summary>Memory that grows to the longest piece that it has held.</summary>
internal sealed class ReadBuffer
{
    private byte[] _bytes = [];

    /// <summary>Memory of a length. Its contents are lost.</summary>
    public Span<byte> Get(int length)
    {
        if (_bytes.Length < length)
            _bytes = new byte[length];
        return _bytes.AsSpan(0, length);
    }
}
