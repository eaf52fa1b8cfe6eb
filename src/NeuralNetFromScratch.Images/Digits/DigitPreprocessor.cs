namespace NeuralNetFromScratch.Images;

/// <summary>
/// Brings pictures of handwritten digits into the form that MNIST's digits have: 28 × 28 pixels, 0 to 255, light on dark, the longer side 20 pixels,
/// the centre of mass in the middle, strokes two to three pixels wide. Pictures may be drawings, scans, photographs or pieces of a form: of any size, dark on
/// light or light on dark, in colour, transparent, unevenly lit, noisy, on ruled paper, framed, with one digit or several. A digit has to be upright as the
/// picture is shown.
/// </summary>
/// <remarks>
/// The picture's colours are projected on the axis in which ink differs from ground; a morphological opening gives the ground, Otsu's threshold the ink;
/// rulings are found by a Hough transform; components that belong together are a digit. All of it is computed in a fixed order: a decoded picture
/// gives the same bytes on every processor. One preprocessor may be used by any number of threads.
/// </remarks>
public sealed class DigitPreprocessor
{
    /// <summary>The side of the result, in pixels.</summary>
    public const int Side = DigitForm.Side;

    /// <summary>A JPEG is decoded at a size of which both sides have this.</summary>
    private const int DecodedSide = 480;

    /// <summary>A digit of fewer working pixels than this is looked at again more closely, where the picture has more.</summary>
    private const int CloseSide = 72;

    private readonly DigitPreprocessorOptions _options;

    /// <summary>A preprocessor.</summary>
    /// <param name="options">How it looks at pictures; null for the defaults.</param>
    public DigitPreprocessor(DigitPreprocessorOptions? options = null) => _options = options ?? new();

    /// <summary>The one digit of a picture file, in MNIST's form: [28, 28], 0 for ground to 255 for ink.</summary>
    /// <param name="path">A PNG, JPEG, BMP, GIF or WebP file; its orientation (EXIF) is applied.</param>
    /// <exception cref="InvalidDataException">
    /// The file is no picture, is damaged or too large, shows nothing, or shows several digits, which <see cref="Find(string)"/> separates.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public byte[] Preprocess(string path) => Single(Find(path), $"{path}: the picture");

    /// <summary>The one digit of a picture, in MNIST's form: [28, 28], 0 for ground to 255 for ink.</summary>
    /// <param name="image">The picture.</param>
    /// <exception cref="InvalidDataException">It shows nothing, or several digits, which <see cref="Find(RgbaImage)"/> separates.</exception>
    public byte[] Preprocess(RgbaImage image) => Single(Find(image), "the picture");

    /// <summary>The digits of a picture file, line by line from the left; empty where it shows nothing.</summary>
    /// <param name="path">A PNG, JPEG, BMP, GIF or WebP file; its orientation (EXIF) is applied.</param>
    /// <exception cref="InvalidDataException">The file is no picture, or is damaged or too large; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<HandwrittenDigit> Find(string path) =>
        Find(RgbaImage.Load(path, new ImageLoadOptions { MaxPixels = _options.MaxPixels, ReduceTo = DecodedSide }));

    /// <summary>The digits of a picture, line by line from the left; empty where it shows nothing.</summary>
    /// <param name="image">The picture.</param>
    public IReadOnlyList<HandwrittenDigit> Find(RgbaImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        InkSearch search = InkSearch.Of(WorkingPicture.Of(image, new(0, 0, image.Width, image.Height)), _options);
        var digits = new List<HandwrittenDigit>();
        foreach (List<InkComponent> digit in search.Digits)
        {
            PixelRegion bounds = DigitGroups.Bounds(digit), place = search.Picture.InPicture(bounds).Within(image.Width, image.Height);
            byte[] pixels = (bounds.LongSide < CloseSide && search.Picture.Scale < 1 ? Closely(image, place, search) : null) ?? search.Draw(digit, _options);
            digits.Add(new(pixels, InSource(place, image)));
        }

        return digits;
    }

    /// <summary>A small digit of a large picture from all its pixels.</summary>
    private byte[]? Closely(RgbaImage image, PixelRegion place, InkSearch search)
    {
        PixelRegion near = place.Grown(place.LongSide * 3 / 5).Within(image.Width, image.Height);
        InkSearch again = search.Again(WorkingPicture.Of(image, near), _options with { SeparatesDigits = true });
        List<InkComponent>? digit = again.Digits
            .OrderByDescending(found => Common(again.Picture.InPicture(DigitGroups.Bounds(found)), place)).FirstOrDefault();
        return digit is not null && again.Digits.Count == 1 ? again.Draw(digit, _options) : null;
    }

    private static long Common(PixelRegion a, PixelRegion b) =>
        (long)Math.Max(0, Math.Min(a.Right, b.Right) - Math.Max(a.X, b.X)) * Math.Max(0, Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Y, b.Y));

    /// <summary>A place in the picture that the file holds, of which this may be a reduction.</summary>
    private static PixelRegion InSource(PixelRegion place, RgbaImage image)
    {
        int x = (int)((long)place.X * image.SourceWidth / image.Width), y = (int)((long)place.Y * image.SourceHeight / image.Height);
        int right = (int)(((long)place.Right * image.SourceWidth + image.Width - 1) / image.Width);
        int bottom = (int)(((long)place.Bottom * image.SourceHeight + image.Height - 1) / image.Height);
        return new(x, y, right - x, bottom - y);
    }

    private static byte[] Single(IReadOnlyList<HandwrittenDigit> digits, string name) => digits.Count switch
    {
        0 => throw new InvalidDataException($"{name} shows nothing"),
        1 => digits[0].Pixels,
        _ => throw new InvalidDataException($"{name} shows {digits.Count} digits; {nameof(Find)} separates them"),
    };
}
