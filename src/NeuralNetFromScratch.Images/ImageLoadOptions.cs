namespace NeuralNetFromScratch.Images;

/// <summary>How a picture is decoded.</summary>
public sealed record ImageLoadOptions
{
    /// <summary>
    /// The largest number of pixels, width times height, that is decoded; the header is checked before any memory is taken. Positive. Default:
    /// 67,108,864, of which a decoded picture takes 256 MB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long MaxPixels
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxPixels), value, "MaxPixels must be positive");
    } = 1L << 26;

    /// <summary>
    /// Where this is set, a JPEG is decoded at a half, a quarter or an eighth of its size, the smallest of which both sides still have at least this many
    /// pixels, which takes a fraction of the time. Positive, or null for the whole size. Default: null.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? ReduceTo
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(ReduceTo), value, "ReduceTo must be positive");
    }

    /// <summary>Whether the orientation that the file states (EXIF) is applied, as viewers do. Default: true.</summary>
    public bool AppliesOrientation { get; init; } = true;
}
