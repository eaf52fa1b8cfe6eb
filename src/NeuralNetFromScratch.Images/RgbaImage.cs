namespace NeuralNetFromScratch.Images;

/// <summary>A decoded picture: four bytes a pixel, red, green, blue and alpha (not multiplied into the colours), row by row from the top left.</summary>
public sealed class RgbaImage
{
    private readonly byte[] _pixels;

    /// <summary>A picture of pixels that are in memory.</summary>
    /// <param name="width">Pixels in a row; positive.</param>
    /// <param name="height">Rows; positive.</param>
    /// <param name="pixels">[height, width, 4]: red, green, blue, alpha. It is not copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    /// <exception cref="ArgumentException">The pixels are not height × width × 4 bytes.</exception>
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

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>The number of rows.</summary>
    public int Height { get; }

    /// <summary>The width of the picture in the file, as it is shown; larger than <see cref="Width"/> where a JPEG was decoded at a smaller size.</summary>
    public int SourceWidth { get; }

    /// <summary>The height of the picture in the file, as it is shown.</summary>
    public int SourceHeight { get; }

    /// <summary>[height, width, 4]: red, green, blue, alpha.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Decodes a PNG, JPEG, BMP, GIF (its first frame) or WebP file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Limits and reduction; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The file is no such picture, is damaged or cut off, or has too many pixels; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RgbaImage Load(string path, ImageLoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ImageDecoder.Decode(ImageDecoder.ReadFile(path), path, options ?? new());
    }

    /// <summary>Decodes the bytes of a PNG, JPEG, BMP, GIF (its first frame) or WebP file.</summary>
    /// <param name="encoded">The file's bytes.</param>
    /// <param name="options">Limits and reduction; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The bytes are no such picture, are damaged or cut off, or have too many pixels.</exception>
    public static RgbaImage Decode(ReadOnlySpan<byte> encoded, ImageLoadOptions? options = null) => ImageDecoder.Decode(encoded, "picture", options ?? new());
}
