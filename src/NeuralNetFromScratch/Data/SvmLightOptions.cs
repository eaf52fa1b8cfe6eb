namespace NeuralNetFromScratch;

/// <summary>Options for reading and writing svmlight files.</summary>
public sealed record SvmLightOptions
{
    /// <summary>The number of columns; positive. Null, the default, infers it from the largest column of the file, which can differ between a training and a test file.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? ColumnCount
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(ColumnCount), value, "must be positive");
    }

    /// <summary>
    /// Whether the file counts columns from 0. If null, the default, reading counts from 0 if column 0 occurs and otherwise from 1, and writing counts from 1, as
    /// most programs do.
    /// </summary>
    public bool? IsZeroBased { get; init; }

    /// <summary>Whether a line begins with a comma-separated set of integer labels instead of one number. Default: false.</summary>
    public bool IsMultiLabel { get; init; }

    /// <summary>The maximum number of values to read, which limits the memory; a value takes 8 bytes. Positive. Default: 2³¹ − 57, the maximum length of an array.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or above the default.</exception>
    public int MaxElementCount
    {
        get;
        init => field = value > 0 && value <= Array.MaxLength
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxElementCount), value, $"must be 1 to {Array.MaxLength}");
    } = Array.MaxLength;

    /// <summary>
    /// The maximum decompressed size of a compressed file that is read as a whole, in bytes, so that a small file cannot fill the memory. The samples can take six
    /// times as much memory. Positive. Default: 2³⁰, 1 GiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long MaxDecompressedBytes
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxDecompressedBytes), value, "must be positive");
    } = CompressedFile.DefaultMaxBytes;

    /// <summary>A comment to write at the beginning of the file; null, the default, for none.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public string? Comment
    {
        get;
        init => field = value is not "" ? value : throw new ArgumentException("must not be empty; use null for no comment", nameof(Comment));
    }

    /// <summary>The labels to write for the classes 0, 1, …; if empty, the default, the classes themselves.</summary>
    public IReadOnlyList<double> Classes { get; init; } = [];

    /// <summary>The query of each sample to write; empty, the default, for none.</summary>
    public IReadOnlyList<long> QueryIds { get; init; } = [];
}
