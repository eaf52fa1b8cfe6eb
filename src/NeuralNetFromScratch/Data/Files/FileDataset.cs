namespace NeuralNetFromScratch;

/// <summary>
/// A data set whose samples stay in files and are read when they are needed. The memory is bounded even if the data are larger than the memory. It is created by
/// <see cref="IdxFile.OpenDataset"/>, <see cref="SvmLightFile.OpenClasses"/> and <see cref="SvmLightFile.OpenTargets"/>, and, for CSV files, by the package
/// NeuralNetFromScratch.Tables. Samples can be shuffled, split, weighted and evaluated like samples in memory. Several threads can read the files at any position.
/// The files must not change while the data set is in use.
/// </summary>
/// <remarks>
/// If samples are read in random order, each one is at a distant position on the disk, and a disk reads only a few thousand positions per second. With
/// <see cref="FitOptions.ShuffleBlock"/>, neighboring samples are used close in time, and the files are read ahead in large blocks.
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

    /// <summary>
    /// Returns a text that identifies the samples: a hash of the settings and of the names (without folders), sizes and modification times of the files when they
    /// were opened. The contents are not read.
    /// </summary>
    /// <returns>The fingerprint.</returns>
    public sealed override string GetFingerprint() => DatasetFingerprint.Combine([Settings, .. _parts.Fingerprints, .. OtherFingerprints]);

    /// <summary>Reads the bytes of some samples into the operating system's cache, on another thread. A failure has no effect.</summary>
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
    /// <param name="disposing">Whether the method is called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _parts.Dispose();
    }

    /// <summary>The settings that determine the samples in addition to the files.</summary>
    private protected abstract string Settings { get; }

    /// <summary>The fingerprints of files that are not kept open.</summary>
    private protected virtual IEnumerable<string> OtherFingerprints => [];

    /// <summary>Returns the position of some consecutive samples in their file, in bytes.</summary>
    private protected abstract (long Offset, long Length) Extent(FilePart part, int first, int count);

    /// <summary>Converts the bytes of a sample to its features.</summary>
    /// <param name="part">The file.</param>
    /// <param name="index">The index of the sample.</param>
    /// <param name="bytes">The bytes of the sample, at the position that <see cref="Extent"/> returns.</param>
    /// <param name="destination">Receives the features.</param>
    /// <param name="row">The row of the destination.</param>
    /// <param name="scratch">A buffer for use by this thread.</param>
    private protected virtual void Decode(FilePart part, int index, ReadOnlySpan<byte> bytes, in BatchDestination destination, int row, ReadBuffer scratch)
    {
    }

    /// <summary>Reads the features of some samples. The default implementation decodes them one by one.</summary>
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

    /// <summary>
    /// Returns the number of samples, starting with the first index, that are consecutive in the file and have at most <see cref="RunBytes"/> bytes together; at
    /// least 1.
    /// </summary>
    private int Run(ReadOnlySpan<int> indices, FilePart part)
    {
        int run = 1, end = part.First + part.Count;
        while (run < indices.Length && indices[run] == indices[run - 1] + 1 && indices[run] < end && Extent(part, indices[0] - part.First, run + 1).Length <= RunBytes)
            run++;
        return run;
    }
}
