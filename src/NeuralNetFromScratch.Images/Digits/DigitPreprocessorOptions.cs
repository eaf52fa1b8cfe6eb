namespace NeuralNetFromScratch.Images;

/// <summary>Whether ink is darker or lighter than the background.</summary>
public enum InkTone
{
    /// <summary>The tone is inferred from the image.</summary>
    Automatic,

    /// <summary>Dark ink on a light background, as on paper.</summary>
    Dark,

    /// <summary>Light ink on a dark background, as on a blackboard.</summary>
    Light,
}

/// <summary>Options of a <see cref="DigitPreprocessor"/>.</summary>
public sealed record DigitPreprocessorOptions
{
    /// <summary>Whether ink is darker or lighter than the background. Default: <see cref="InkTone.Automatic"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public InkTone Ink
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Ink), value, "Ink must be Automatic, Dark or Light");
    }

    /// <summary>
    /// The minimum contrast of ink and background, 1 to 255, where 255 is the contrast of black and white. Pixels with less contrast are not ink. Default: 20.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MinContrast
    {
        get;
        init => field = value is >= 1 and <= 255 ? value : throw new ArgumentOutOfRangeException(nameof(MinContrast), value, "MinContrast must be 1 to 255");
    } = 20;

    /// <summary>Whether strokes that are thinner or thicker than those of MNIST are changed to their width. Default: true.</summary>
    public bool NormalizesStrokes { get; init; } = true;

    /// <summary>Whether straight lines from edge to edge, as on ruled and squared paper, are removed. Default: true.</summary>
    public bool RemovesRuling { get; init; } = true;

    /// <summary>Whether separate groups of strokes are separate digits. If false, all ink is one digit. Default: true.</summary>
    public bool SeparatesDigits { get; init; } = true;

    /// <summary>The maximum number of pixels of an image file, width times height. It is compared with the header before memory is allocated. Positive. Default: 67,108,864.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long MaxPixels
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxPixels), value, "MaxPixels must be positive");
    } = new ImageLoadOptions().MaxPixels;
}
