namespace NeuralNetFromScratch.Images;

/// <summary>Options for decoding an image.</summary>
public sealed record ImageLoadOptions
{
    /// <summary>
    /// The maximum number of pixels, width times height. It is compared with the header before memory is allocated. Positive. Default: 67,108,864, where the
    /// decoded image takes 256 MB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long MaxPixels
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxPixels), value, "MaxPixels must be positive");
    } = 1L << 26;

    /// <summary>
    /// The number of pixels that both sides of a JPEG image must keep: it is decoded at the smallest of the whole, half, quarter and eighth size that has them,
    /// in a fraction of the time. Positive. Null, the default, decodes at the whole size.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? ReduceTo
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(ReduceTo), value, "ReduceTo must be positive");
    }

    /// <summary>Whether the EXIF orientation of the file is applied. Default: true.</summary>
    public bool AppliesOrientation { get; init; } = true;
}
