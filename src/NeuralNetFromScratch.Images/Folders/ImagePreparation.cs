using System.Globalization;

namespace NeuralNetFromScratch.Images;

/// <summary>How a picture of another shape fills the size that a network takes. Its proportions stay, unless it is stretched.</summary>
public enum ImageFit
{
    /// <summary>All of the picture, with the background's colour at two sides.</summary>
    Pad,

    /// <summary>The middle of the picture: what is too long is cut off at both ends.</summary>
    Crop,

    /// <summary>All of the picture, its proportions changed.</summary>
    Stretch,
}

/// <summary>How pixels of another size are computed.</summary>
public enum ImageResampling
{
    /// <summary>The mean over the area that a pixel covers: for pictures that become smaller.</summary>
    Area,

    /// <summary>Linear interpolation between the four nearest pixel centres: for pictures that become larger.</summary>
    Bilinear,
}

/// <summary>
/// How a picture becomes the bytes of a network's input: [height, width, channels], 0 to 255. Computed in a fixed order, so that a decoded picture gives
/// the same bytes on every processor.
/// </summary>
public sealed record ImagePreparation
{
    private const string Prefix = "image.";

    /// <summary>A size and a number of channels.</summary>
    /// <param name="height">Rows; positive.</param>
    /// <param name="width">Columns; positive.</param>
    /// <param name="channels">3 for colour, 1 for grey.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive, or there are not 1 or 3 channels.</exception>
    public ImagePreparation(int height, int width, int channels = 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "channels must be 1 for grey or 3 for colour");
        if ((long)height * width * channels > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(height), height, $"{height} × {width} × {channels} values are too many");
        (Height, Width, Channels) = (height, width, channels);
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>3 for colour, 1 for grey: 0.299 red + 0.587 green + 0.114 blue.</summary>
    public int Channels { get; }

    /// <summary>[height, width, channels].</summary>
    public Shape Shape => [Height, Width, Channels];

    /// <summary>How a picture of another shape fills the size. Default: <see cref="ImageFit.Pad"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public ImageFit Fit
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Fit), value, "Fit must be Pad, Crop or Stretch");
    }

    /// <summary>How pixels of another size are computed. Default: <see cref="ImageResampling.Area"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public ImageResampling Resampling
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Resampling), value, "Resampling must be Area or Bilinear");
    }

    /// <summary>The colour beside a padded picture, and under a transparent one. Default: black.</summary>
    public (byte Red, byte Green, byte Blue) Background { get; init; }

    /// <summary>Prepares a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <returns>[height, width, channels], 0 to 255.</returns>
    public byte[] Apply(RgbaImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var result = new byte[Height * Width * Channels];
        Apply(image, result);
        return result;
    }

    internal void Apply(RgbaImage image, Span<byte> result) => ImageResizer.Resize(image, this, result);

    /// <summary>The size to which a JPEG may be reduced while it is decoded.</summary>
    internal int DecodedSide => (int)Math.Min(2L * Math.Max(Height, Width), int.MaxValue);

    /// <summary>Writes itself into the metadata of a network.</summary>
    internal void Write(IDictionary<string, string> metadata)
    {
        metadata[Prefix + "fit"] = Fit.ToString();
        metadata[Prefix + "resampling"] = Resampling.ToString();
        metadata[Prefix + "background"] = string.Create(CultureInfo.InvariantCulture, $"{Background.Red} {Background.Green} {Background.Blue}");
    }

    /// <summary>Reads itself from a network: the size is that of its input.</summary>
    /// <exception cref="InvalidDataException">The network takes no pictures, or does not say how they are prepared.</exception>
    internal static ImagePreparation Read(Sequential network)
    {
        Shape shape = network.InputShape;
        if (shape.Rank != 3 || shape[2] is not (1 or 3))
            throw new InvalidDataException($"expected a network whose input is a picture [height, width, 1 or 3], got {shape}");
        if (!network.Metadata.TryGetValue(Prefix + "fit", out string? fit) || !Enum.TryParse(fit, out ImageFit fits) || !Enum.IsDefined(fits)
            || !network.Metadata.TryGetValue(Prefix + "resampling", out string? resampling) || !Enum.TryParse(resampling, out ImageResampling resamples) || !Enum.IsDefined(resamples)
            || !network.Metadata.TryGetValue(Prefix + "background", out string? background)
            || background.Split(' ') is not [var red, var green, var blue] || !TryByte(red, out byte r) || !TryByte(green, out byte g) || !TryByte(blue, out byte b))
            throw new InvalidDataException("the network does not say how pictures are prepared for it: no ImageClassifier saved it");
        return new(shape[0], shape[1], shape[2]) { Fit = fits, Resampling = resamples, Background = (r, g, b) };
    }

    private static bool TryByte(string text, out byte value) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
