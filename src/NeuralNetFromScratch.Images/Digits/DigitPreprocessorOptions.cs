namespace NeuralNetFromScratch.Images;

/// <summary>Whether ink is darker or lighter than its ground.</summary>
public enum InkTone
{
    /// <summary>The picture decides.</summary>
    Automatic,

    /// <summary>Dark ink on light ground, as on paper.</summary>
    Dark,

    /// <summary>Light ink on dark ground, as on a blackboard.</summary>
    Light,
}

/// <summary>How a <see cref="DigitPreprocessor"/> looks at pictures.</summary>
public sealed record DigitPreprocessorOptions
{
    /// <summary>Whether ink is darker or lighter than its ground. Default: <see cref="InkTone.Automatic"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public InkTone Ink
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Ink), value, "Ink must be Automatic, Dark or Light");
    }

    /// <summary>
    /// How much ink must differ from its ground: 255 is the step from black to white, 1 to 255. What differs less shows nothing. Default: 20.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MinContrast
    {
        get;
        init => field = value is >= 1 and <= 255 ? value : throw new ArgumentOutOfRangeException(nameof(MinContrast), value, "MinContrast must be 1 to 255");
    } = 20;

    /// <summary>Whether strokes that are thinner or thicker than MNIST's are brought to their width. Default: true.</summary>
    public bool NormalizesStrokes { get; init; } = true;

    /// <summary>Whether straight lines from edge to edge of the picture, as of ruled and squared paper, are left out. Default: true.</summary>
    public bool RemovesRuling { get; init; } = true;

    /// <summary>Whether what stands apart is another digit; otherwise all ink is one digit. Default: true.</summary>
    public bool SeparatesDigits { get; init; } = true;

    /// <summary>The largest number of pixels of a file that is decoded; the header is checked before any memory is taken. Positive. Default: 67,108,864.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long MaxPixels
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxPixels), value, "MaxPixels must be positive");
    } = new ImageLoadOptions().MaxPixels;
}
