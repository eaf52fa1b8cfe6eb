using System.Globalization;

namespace NeuralNetFromScratch.Images;

/// <summary>How an image with another aspect ratio is resized.</summary>
public enum ImageResizeMode
{
    /// <summary>The whole image, with the background color at two sides.</summary>
    Pad,

    /// <summary>The center of the image; both ends of the longer side are cropped.</summary>
    Crop,

    /// <summary>The whole image with another aspect ratio.</summary>
    Stretch,
}

/// <summary>The interpolation of pixels when an image is resized.</summary>
public enum ImageResampling
{
    /// <summary>The mean over the area that a pixel covers, for images that become smaller.</summary>
    Area,

    /// <summary>Linear interpolation between the four nearest pixel centers, for images that become larger.</summary>
    Bilinear,
}

/// <summary>
/// The conversion of images to bytes of one size: [height, width, channels], 0 to 255. Sums have a fixed order, so that a decoded image gives the same bytes on
/// every processor.
/// </summary>
public sealed record ImagePreparation
{
    private const string Prefix = "image.";

    /// <summary>Creates a preparation for a size and a number of channels.</summary>
    /// <param name="height">The height; positive.</param>
    /// <param name="width">The width; positive.</param>
    /// <param name="channels">The number of channels: 3 for color, 1 for grayscale.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive, or the number of channels is not 1 or 3.</exception>
    public ImagePreparation(int height, int width, int channels = 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "channels must be 1 for grayscale or 3 for color");
        if ((long)height * width * channels > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(height), height, $"{height} × {width} × {channels} values exceed the length of an array");
        (Height, Width, Channels) = (height, width, channels);
    }

    /// <summary>The height.</summary>
    public int Height { get; }

    /// <summary>The width.</summary>
    public int Width { get; }

    /// <summary>The number of channels: 3 for color, 1 for grayscale, which is 0.299 red + 0.587 green + 0.114 blue.</summary>
    public int Channels { get; }

    /// <summary>The shape of a sample: [height, width, channels].</summary>
    public Shape Shape => [Height, Width, Channels];

    /// <summary>How an image with another aspect ratio is resized. Default: <see cref="ImageResizeMode.Pad"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public ImageResizeMode ResizeMode
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(ResizeMode), value, "ResizeMode must be Pad, Crop or Stretch");
    }

    /// <summary>The interpolation of pixels. Default: <see cref="ImageResampling.Area"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public ImageResampling Resampling
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Resampling), value, "Resampling must be Area or Bilinear");
    }

    /// <summary>The color of the padding and behind transparent pixels. Default: black.</summary>
    public (byte Red, byte Green, byte Blue) Background { get; init; }

    /// <summary>Converts an image.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The pixels: [height, width, channels], 0 to 255.</returns>
    public byte[] Apply(RgbaImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var result = new byte[Height * Width * Channels];
        Apply(image, result);
        return result;
    }

    internal void Apply(RgbaImage image, Span<byte> result) => ImageResizer.Resize(image, this, result);

    /// <summary>The size to which a JPEG image can be reduced while it is decoded.</summary>
    internal int DecodedSide => (int)Math.Min(2L * Math.Max(Height, Width), int.MaxValue);

    /// <summary>Writes the preparation to the metadata of a network.</summary>
    internal void Write(IDictionary<string, string> metadata)
    {
        metadata[Prefix + "resize-mode"] = ResizeMode.ToString();
        metadata[Prefix + "resampling"] = Resampling.ToString();
        metadata[Prefix + "background"] = string.Create(CultureInfo.InvariantCulture, $"{Background.Red} {Background.Green} {Background.Blue}");
    }

    /// <summary>Reads the preparation of a network, whose input has the size.</summary>
    /// <exception cref="InvalidDataException">The input is not an image, or the metadata contain no preparation.</exception>
    internal static ImagePreparation Read(Sequential network)
    {
        Shape shape = network.InputShape;
        if (shape.Rank != 3 || shape[2] is not (1 or 3))
            throw new InvalidDataException($"expected a network with the input [height, width, 1 or 3], got {shape}");
        if (!network.Metadata.TryGetValue(Prefix + "resize-mode", out string? fit) || !Enum.TryParse(fit, out ImageResizeMode fits) || !Enum.IsDefined(fits)
            || !network.Metadata.TryGetValue(Prefix + "resampling", out string? resampling) || !Enum.TryParse(resampling, out ImageResampling resamples) || !Enum.IsDefined(resamples)
            || !network.Metadata.TryGetValue(Prefix + "background", out string? background)
            || background.Split(' ') is not [var red, var green, var blue] || !TryByte(red, out byte r) || !TryByte(green, out byte g) || !TryByte(blue, out byte b))
            throw new InvalidDataException("the network has no image preparation; load a file that ImageClassifier.Save wrote");
        return new(shape[0], shape[1], shape[2]) { ResizeMode = fits, Resampling = resamples, Background = (r, g, b) };
    }

    private static bool TryByte(string text, out byte value) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
