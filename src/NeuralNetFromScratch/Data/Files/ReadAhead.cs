namespace NeuralNetFromScratch;

/// <summary>
/// Reads pieces of files on a thread of the thread pool, so that they are in the operating system's cache when they are needed. Announcements are hints; when too
/// many are pending, further ones are ignored.
/// </summary>
/// <param name="buffers">The pool of read buffers.</param>
internal sealed class ReadAhead(BufferPool buffers) : IThreadPoolWorkItem
{
    private const int MostPending = 256, PieceBytes = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Queue<(DataFile File, long Offset, long Length)> _pending = new();
    private bool _isRunning;

    /// <summary>Announces a piece of a file.</summary>
    public void Add(DataFile file, long offset, long length)
    {
        lock (_lock)
        {
            if (_pending.Count >= MostPending)
                return;
            _pending.Enqueue((file, offset, length));
            if (_isRunning)
                return;
            _isRunning = true;
        }

#pragma warning disable RS0030 // The work item waits for the disk and computes nothing.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#pragma warning restore RS0030
    }

    void IThreadPoolWorkItem.Execute()
    {
        ReadBuffer buffer = buffers.Rent();
        Span<byte> bytes = buffer.Bytes(PieceBytes);
        while (TryNext(out (DataFile File, long Offset, long Length) piece))
        {
            try
            {
                for (long done = 0; done < piece.Length; done += bytes.Length)
                    piece.File.ReadUpTo(bytes[..(int)Math.Min(bytes.Length, piece.Length - done)], piece.Offset + done);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                // The thread that needs the samples reads them again and gets the error.
            }
        }

        buffers.Return(buffer);
    }

    private bool TryNext(out (DataFile File, long Offset, long Length) piece)
    {
        lock (_lock)
            return _isRunning = _pending.TryDequeue(out piece);
    }
}
