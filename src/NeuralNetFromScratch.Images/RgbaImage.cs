namespace NeuralNetFromScratch.Images;

/// <summary>A decoded image with four bytes for each pixel: red, green, blue and alpha (not premultiplied), row by row from the top left.</summary>
public sealed class RgbaImage
{
    private readonly byte[] _pixels;

    /// <summary>Creates an image from pixels in memory.</summary>
    /// <param name="width">The width in pixels; positive.</param>
    /// <param name="height">The height in pixels; positive.</param>
    /// <param name="pixels">The pixels: [height, width, 4], red, green, blue, alpha. The array is not copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    /// <exception cref="ArgumentException">The number of bytes is not height × width × 4.</exception>
    public RgbaImage(int width, int height, byte[] pixels)
        : this(width, height, pixels, width, height)
    {
    }

    internal RgbaImage(int width, int height, byte[] pixels, int sourceWidth, int sourceHeight)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (pixels.Length != 4L * width * height)
            throw new ArgumentException($"expected {4L * width * height} bytes, four for each of {width} × {height} pixels, got {pixels.Length}", nameof(pixels));
        (Width, Height, _pixels, SourceWidth, SourceHeight) = (width, height, pixels, sourceWidth, sourceHeight);
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The width of the image in the file after its orientation is applied. It is larger than <see cref="Width"/> if a JPEG image was decoded at a smaller size.</summary>
    public int SourceWidth { get; }

    /// <summary>The height of the image in the file after its orientation is applied.</summary>
    public int SourceHeight { get; }

    /// <summary>The pixels: [height, width, 4], red, green, blue, alpha.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Decodes a PNG, JPEG, BMP, GIF (its first frame) or WebP file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The file does not have one of these formats, is damaged or truncated, or has too many pixels. The message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RgbaImage Load(string path, ImageLoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ImageDecoder.Decode(ImageDecoder.ReadFile(path), path, options ?? new());
    }

    /// <summary>Decodes the bytes of a PNG, JPEG, BMP, GIF (its first frame) or WebP file.</summary>
    /// <param name="encoded">The bytes of the file.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The bytes do not have one of these formats, are damaged or truncated, or have too many pixels.</exception>
    public static RgbaImage Decode(ReadOnlySpan<byte> encoded, ImageLoadOptions? options = null) => ImageDecoder.Decode(encoded, "image", options ?? new());
}
