namespace NeuralNetFromScratch;

/// <summary>How svmlight files are read and written.</summary>
public sealed record SvmLightOptions
{
    /// <summary>Gets the number of columns. If it is null, reading takes the largest column that occurs, which can differ between a training and a test file.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? ColumnCount
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(ColumnCount), value, "must be positive");
    }

    /// <summary>
    /// Gets whether the first column has the number 0 in the file. If it is null, reading counts from 0 if the number 0 occurs and from 1 if it does not, and
    /// writing counts from 1, as most programs do.
    /// </summary>
    public bool? IsZeroBased { get; init; }

    /// <summary>Gets whether a line begins with any number of integer labels, with commas between them, instead of one number. The default is false.</summary>
    public bool IsMultiLabel { get; init; }

    /// <summary>Gets the most stored values that are read, which bounds the memory: a value takes 8 bytes. The default is 2³¹ − 57, the most that an array holds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or above the default.</exception>
    public int MaxElementCount
    {
        get;
        init => field = value > 0 && value <= Array.MaxLength
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxElementCount), value, $"must be 1 to {Array.MaxLength}");
    } = Array.MaxLength;

    /// <summary>Gets the text that writing puts into a comment at the beginning of the file; none if it is null, the default.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public string? Comment
    {
        get;
        init => field = value is not "" ? value : throw new ArgumentException("must not be empty; null stands for no comment", nameof(Comment));
    }

    /// <summary>Gets the numbers that writing puts in the place of the classes 0, 1, …; these themselves if it is empty, the default.</summary>
    public IReadOnlyList<double> Classes { get; init; } = [];

    /// <summary>Gets the query of each sample for writing; none if it is empty, the default.</summary>
    public IReadOnlyList<long> QueryIds { get; init; } = [];
}
