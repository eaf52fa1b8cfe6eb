namespace NeuralNetFromScratch.Images;

/// <summary>
/// Converts images of handwritten digits to the form of MNIST: 28 × 28 pixels, 0 to 255, light on dark, with the longer side of the digit 20 pixels, its center
/// of mass in the middle, and strokes two to three pixels wide. Images can be drawings, scans, photographs or parts of a form, of any size, dark on light or light
/// on dark, in color, transparent, unevenly lit, noisy, on ruled paper, framed, with one or several digits. Digits must be upright.
/// </summary>
/// <remarks>
/// Colors are projected on the axis in which ink differs from the background. A morphological opening estimates the background, Otsu's threshold separates the ink,
/// a Hough transform finds rulings, and connected components are grouped into digits. The order of all sums is fixed, so that a decoded image gives the same bytes
/// on every processor. The class is thread-safe.
/// </remarks>
public sealed class DigitPreprocessor
{
    /// <summary>The width and height of the result in pixels.</summary>
    public const int Side = DigitForm.Side;

    /// <summary>The number of pixels that both sides of a JPEG image keep when it is decoded.</summary>
    private const int DecodedSide = 480;

    /// <summary>A digit with fewer working pixels is processed again at a higher resolution, if the image has one.</summary>
    private const int CloseSide = 72;

    private readonly DigitPreprocessorOptions _options;

    /// <summary>Creates a preprocessor.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    public DigitPreprocessor(DigitPreprocessorOptions? options = null) => _options = options ?? new();

    /// <summary>Returns the only digit of an image file in the form of MNIST: [28, 28], 0 for background to 255 for ink.</summary>
    /// <param name="path">A PNG, JPEG, BMP, GIF or WebP file. Its EXIF orientation is applied.</param>
    /// <exception cref="InvalidDataException">
    /// The file is not an image, is damaged or too large, or does not show exactly one digit. <see cref="Find(string)"/> returns several digits.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public byte[] Preprocess(string path) => Single(Find(path), $"{MessageText.Escape(path)}: ");

    /// <summary>Returns the only digit of an image in the form of MNIST: [28, 28], 0 for background to 255 for ink.</summary>
    /// <param name="image">The image.</param>
    /// <exception cref="InvalidDataException">The image does not show exactly one digit. <see cref="Find(RgbaImage)"/> returns several digits.</exception>
    public byte[] Preprocess(RgbaImage image) => Single(Find(image), "");

    /// <summary>Returns the digits of an image file, line by line from the left; an empty list if there are none.</summary>
    /// <param name="path">A PNG, JPEG, BMP, GIF or WebP file. Its EXIF orientation is applied.</param>
    /// <exception cref="InvalidDataException">The file is not an image, or is damaged or too large. The message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<HandwrittenDigit> Find(string path) =>
        Find(RgbaImage.Load(path, new ImageLoadOptions { MaxPixels = _options.MaxPixels, ReduceTo = DecodedSide }));

    /// <summary>Returns the digits of an image, line by line from the left; an empty list if there are none.</summary>
    /// <param name="image">The image.</param>
    public IReadOnlyList<HandwrittenDigit> Find(RgbaImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        InkSearch search = InkSearch.Of(WorkingImage.Of(image, new(0, 0, image.Width, image.Height)), _options);
        var digits = new List<HandwrittenDigit>();
        foreach (List<InkComponent> digit in search.Digits)
        {
            PixelRegion bounds = DigitGroups.Bounds(digit), place = search.Picture.InImage(bounds).Within(image.Width, image.Height);
            byte[] pixels = (bounds.LongSide < CloseSide && search.Picture.Scale < 1 ? Closely(image, place, search) : null) ?? search.Draw(digit, _options);
            digits.Add(new(pixels, InSource(place, image)));
        }

        return digits;
    }

    /// <summary>A small digit of a large image from all its pixels.</summary>
    private byte[]? Closely(RgbaImage image, PixelRegion place, InkSearch search)
    {
        PixelRegion near = place.Grown(place.LongSide * 3 / 5).Within(image.Width, image.Height);
        InkSearch again = search.Again(WorkingImage.Of(image, near), _options with { SeparatesDigits = true });
        List<InkComponent>? digit = again.Digits
            .OrderByDescending(found => Common(again.Picture.InImage(DigitGroups.Bounds(found)), place)).FirstOrDefault();
        return digit is not null && again.Digits.Count == 1 ? again.Draw(digit, _options) : null;
    }

    private static long Common(PixelRegion a, PixelRegion b) =>
        (long)Math.Max(0, Math.Min(a.Right, b.Right) - Math.Max(a.X, b.X)) * Math.Max(0, Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Y, b.Y));

    /// <summary>A place in the image that the file holds, of which this may be a reduction.</summary>
    private static PixelRegion InSource(PixelRegion place, RgbaImage image)
    {
        int x = (int)((long)place.X * image.SourceWidth / image.Width), y = (int)((long)place.Y * image.SourceHeight / image.Height);
        int right = (int)(((long)place.Right * image.SourceWidth + image.Width - 1) / image.Width);
        int bottom = (int)(((long)place.Bottom * image.SourceHeight + image.Height - 1) / image.Height);
        return new(x, y, right - x, bottom - y);
    }

    private static byte[] Single(IReadOnlyList<HandwrittenDigit> digits, string prefix) => digits.Count switch
    {
        0 => throw new InvalidDataException($"{prefix}the image shows no digit"),
        1 => digits[0].Pixels,
        _ => throw new InvalidDataException($"{prefix}the image shows {digits.Count} digits; use {nameof(Find)} to get all of them"),
    };
}
