namespace NeuralNetFromScratch;

/// <summary>
/// A data set whose samples stay in files and are read when they are needed, so that a training on more data than memory runs in bounded memory. It is created by
/// <see cref="IdxFile.OpenDataset"/>, <see cref="SvmLightFile.OpenClasses"/> and <see cref="SvmLightFile.OpenTargets"/>, and, for CSV files, by the package
/// NeuralNetFromScratch.Tables. Samples can be shuffled, split, weighted and evaluated like those in memory. Several threads read the files at any position; the
/// files must not change while the data set is in use.
/// </summary>
/// <remarks>
/// Samples in random order are far apart on the disk, which reads only a few thousand positions per second. With <see cref="FitOptions.ShuffleBlock"/>, neighboring
/// samples are used close in time, and the files are read ahead in large blocks.
/// </remarks>
public abstract class FileDataset : Dataset, IDisposable
{
    /// <summary>The maximum number of bytes of neighboring samples that are read together.</summary>
    private const int RunBytes = 1 << 16;

    private readonly ReadAhead _readAhead;
    private readonly FileParts _parts;
    private readonly BufferPool _buffers = new();
    private long _calls;

    private protected FileDataset(FileParts parts)
    {
        _parts = parts;
        _readAhead = new ReadAhead(_buffers);
    }

    /// <inheritdoc/>
    public sealed override int Count => _parts.Count;

    /// <summary>Returns a text that identifies the samples: the hash of the names (without folders), sizes and times of the files when they were opened, and of the settings. The contents are not read.</summary>
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

    /// <inheritdoc/>
    public sealed override void CopyFeatures(int index, Span<float> features)
    {
        int length = SampleShape.ElementCount;
        Read([index], new BatchDestination(new MatrixView(features[..length], 1, length)));
    }

    /// <inheritdoc/>
    public sealed override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        Read(indices, destination);
        GatherTargets(indices, destination);
    }

    /// <summary>Closes the files. Samples can no longer be read.</summary>
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

    /// <summary>Converts the bytes of a sample to its features.</summary>
    /// <param name="part">The file.</param>
    /// <param name="index">The index of the sample.</param>
    /// <param name="bytes">What <see cref="Extent"/> says that the sample has.</param>
    /// <param name="destination">Receives the features in a row.</param>
    /// <param name="row">The row.</param>
    /// <param name="scratch">Memory for this thread.</param>
    private protected virtual void Decode(FilePart part, int index, ReadOnlySpan<byte> bytes, in BatchDestination destination, int row, ReadBuffer scratch)
    {
    }

    /// <summary>Reads the features of some samples, one by one unless it is overridden.</summary>
    private protected virtual void Read(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        ReadBuffer buffer = _buffers.Rent();
        try
        {
            long call = Interlocked.Increment(ref _calls);
            for (int row = 0, run; row < indices.Length; row += run)
            {
                FilePart part = _parts.Of(indices[row]);
                part.File.ThrowIfChanged(call);
                run = Run(indices[row..], part);
                (long offset, long length) = Extent(part, indices[row] - part.First, run);
                Span<byte> bytes = buffer.Bytes(checked((int)length));
                part.File.Read(bytes, offset);
                for (int i = 0; i < run; i++)
                {
                    (long start, long count) = Extent(part, indices[row + i] - part.First, 1);
                    Decode(part, indices[row + i], bytes.Slice((int)(start - offset), (int)count), destination, row + i, buffer);
                }
            }
        }
        finally
        {
            _buffers.Return(buffer);
        }
    }

    /// <summary>The number of samples from the first index on that are in a row in its file, and short enough together.</summary>
    private int Run(ReadOnlySpan<int> indices, FilePart part)
    {
        int run = 1, end = part.First + part.Count;
        while (run < indices.Length && indices[run] == indices[run - 1] + 1 && indices[run] < end && Extent(part, indices[0] - part.First, run + 1).Length <= RunBytes)
            run++;
        return run;
    }
}
