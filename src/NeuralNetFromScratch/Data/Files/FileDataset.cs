namespace NeuralNetFromScratch;

/// <summary>
/// Samples in files that stay on the disk: each is read when it is needed, so that a training on more data than memory runs in bounded memory. The files are read
/// at any place by several threads; they must not change while the data set is in use. <see cref="IdxFile.OpenDataset"/> opens one; the samples can be shuffled,
/// split, weighted and evaluated as those in memory are.
/// </summary>
/// <remarks>
/// Samples in random order are far apart on the disk, and a disk reads few of them in a second. <see cref="FitOptions.ShuffleBlock"/> keeps neighbors close in
/// time, and the files are then read ahead in long pieces.
/// </remarks>
public abstract class FileDataset : Dataset, IDisposable
{
    private readonly ReadAhead _readAhead;
    private readonly FileParts _parts;
    private readonly BufferPool _buffers = new();

    private protected FileDataset(FileParts parts)
    {
        _parts = parts;
        _readAhead = new ReadAhead(_buffers);
    }

    /// <inheritdoc/>
    public sealed override int Count => _parts.Count;

    /// <summary>Returns a text that identifies the samples: the hash of the files' names without folders, sizes and times when they were opened, and of the settings. The contents are not read.</summary>
    /// <returns>The fingerprint.</returns>
    public sealed override string GetFingerprint() => DatasetFingerprint.Combine([Settings, .. _parts.Fingerprints, .. OtherFingerprints]);

    /// <summary>Reads the files' bytes with some samples into the operating system's cache, on another thread. A failure has no effect.</summary>
    /// <inheritdoc/>
    public sealed override void Announce(int start, int count)
    {
        foreach (FilePart part in _parts.Within(start, count))
        {
            int first = Math.Max(start, part.First), end = Math.Min(start + count, part.First + part.Count);
            (long offset, long length) = Extent(part, first - part.First, end - first);
            _readAhead.Add(part.File, offset, length);
        }
    }

    /// <summary>Closes the files. Samples cannot be read any more.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the files.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _parts.Dispose();
    }

    /// <summary>What else than the files determines the samples.</summary>
    private protected abstract string Settings { get; }

    /// <summary>The fingerprints of files that are not kept open.</summary>
    private protected virtual IEnumerable<string> OtherFingerprints => [];

    /// <summary>The place of some samples of a file.</summary>
    private protected abstract (long Offset, long Length) Extent(FilePart part, int first, int count);

    /// <summary>Memory for reading, which one thread at a time uses.</summary>
    private protected BufferPool Buffers => _buffers;

    /// <summary>The file of a sample.</summary>
    private protected FilePart Part(int index) => _parts.Of(index);
}
