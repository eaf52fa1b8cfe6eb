using NeuralNetFromScratch.Images;
using NeuralNetFromScratch.Tests.Data;
using SkiaSharp;

namespace NeuralNetFromScratch.Tests.Images;

/// <summary>Whatever picture of a seven is brought, the same 28 × 28 pixels come out, to a few per cent of the ink.</summary>
public class DigitPreprocessorTests
{
    private static readonly DigitPreprocessor _preprocessor = new();

    private static readonly Lazy<byte[]> _seven = new(() =>
    {
        using SKBitmap picture = PictureDrawing.Seven();
        return Form(picture);
    });

    [Test]
    public void The_form_is_that_of_MNIST()
    {
        byte[] pixels = _seven.Value;
        int[] rows = [.. Enumerable.Range(0, 28).Where(row => pixels.AsSpan(row * 28, 28).ContainsAnyInRange((byte)128, (byte)255))];
        Assert.That(rows, Has.Length.EqualTo(20));
        double mass = pixels.Sum(pixel => pixel), x = pixels.Select((pixel, i) => pixel * (double)(i % 28)).Sum() / mass, y = pixels.Select((pixel, i) => pixel * (double)(i / 28)).Sum() / mass;
        Assert.That((x, y), Is.EqualTo((14.0, 14.0)).Within(0.05), "MNIST's mean centre of mass is pixel 14");
    }

    [Test]
    public void A_stated_orientation_is_applied(
        [Values(SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp)] SKEncodedImageFormat format, [Values(2, 3, 6, 8)] int orientation)
    {
        using SKBitmap upright = PictureDrawing.Seven();
        ExpectSeven(RgbaImage.Decode(PictureDrawing.Oriented(upright, format, orientation)));
    }

    [Test]
    public void Polarity_does_not_matter_however_small_the_digit_is([Values(1, 0.5f, 0.2f)] float scale, [Values] bool isLight, [Values(-250, 0, 280)] int right)
    {
        using SKBitmap picture = PictureDrawing.Seven(800, 800, 24, isLight ? SKColors.White : SKColors.Black, isLight ? SKColors.Black : SKColors.White, scale, right, right / 2f);
        // A large seven is looked at in halves of the size, a small one in all its pixels.
        ExpectSeven(Image(picture), OutlineTolerance(stroke: scale < 1 ? 24 * scale : 12));
    }

    [TestCase(0, 0, 0.1f)]
    [TestCase(2, -2, 0.09f)]
    [TestCase(4, 0, 0.09f)]
    [TestCase(7, 6, 0.06f)]
    [TestCase(0, 0, 0.125f)]
    public void The_position_in_a_picture_of_28_by_28_pixels_does_not_matter(float right, float down, float scale)
    {
        const int Stroke = 28;
        using SKBitmap picture = PictureDrawing.Seven(28, 28, Stroke, scale: scale, right: right, down: down), large = PictureDrawing.Seven(stroke: Stroke);
        Assert.That(Difference(Form(picture), Form(large)), Is.LessThan(OutlineTolerance(Stroke * scale)));
    }

    [Test]
    public void Strokes_are_brought_to_the_width_of_MNISTs([Values(1, 3, 7, 14, 24, 50)] float stroke)
    {
        using SKBitmap picture = PictureDrawing.Seven(420, 420, stroke, scale: 1.5f);
        byte[] pixels = Form(picture);
        // The lower stroke is cut at an angle by rows: width/cos of its slant.
        double across = Enumerable.Range(12, 8).Average(row => Enumerable.Range(0, 28).Sum(column => pixels[row * 28 + column] / 255.0));
        Assert.That(across * 190 / Math.Sqrt(190 * 190 + 90 * 90), Is.InRange(1.9, 3.8));
    }

    [Test]
    public void A_blank_picture_shows_nothing([Values(10, 28, 280)] int side, [Values(0, 128, 255)] byte grey)
    {
        using var blank = new SKBitmap(side, side);
        blank.Erase(new SKColor(grey, grey, grey));
        Assert.That(_preprocessor.Find(Image(blank)), Is.Empty);
        Assert.That(() => _preprocessor.Preprocess(Image(blank)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("shows no digit"));
    }

    [Test]
    public void Noise_shadows_and_rulings_alone_show_nothing()
    {
        Assert.That(_preprocessor.Find(Painted((x, y, noise) => 200 + 15 * noise)), Is.Empty, "noise");
        Assert.That(_preprocessor.Find(Painted((x, y, noise) => 230 - x / 3.0 + 2 * noise)), Is.Empty, "shadow");
        Assert.That(_preprocessor.Find(Painted((x, y, noise) => (y + x / 30) % 40 < 3 ? 120 : 230)), Is.Empty, "ruled");
        Assert.That(_preprocessor.Find(Painted((x, y, noise) => (y + x / 30) % 30 < 3 || x % 30 < 3 ? 120 : 230)), Is.Empty, "squared");
    }

    [TestCase("red on green of equal brightness", 225, 80, 50, 60, 150, 60)]
    [TestCase("blue on yellow", 30, 40, 160, 250, 230, 90)]
    [TestCase("grey on grey", 115, 115, 115, 150, 150, 150)]
    [TestCase("white on pink", 255, 250, 250, 220, 90, 120)]
    public void Colours_do_not_matter(string what, int red, int green, int blue, int groundRed, int groundGreen, int groundBlue)
    {
        using SKBitmap picture = PictureDrawing.Seven(
            ink: new SKColor((byte)red, (byte)green, (byte)blue), ground: new SKColor((byte)groundRed, (byte)groundGreen, (byte)groundBlue));
        ExpectSeven(Image(picture), 0.05, what);
        ExpectSeven(RgbaImage.Decode(picture.Encoded(SKEncodedImageFormat.Jpeg, 85)), 0.1, what);
    }

    [Test]
    public void A_transparent_ground_is_ground([Values(0, 70, 255)] byte ink)
    {
        using SKBitmap picture = PictureDrawing.Seven(ink: new SKColor(ink, ink, ink), ground: SKColors.Transparent);
        ExpectSeven(RgbaImage.Decode(picture.Encoded()), 0.05);
    }

    [Test]
    public void Ruled_and_squared_paper_frames_and_shadows_are_left_out()
    {
        ExpectSeven(Painted((x, y, noise) => (y + x / 25) % 45 < 3 ? 140 : 230, seven: true), 0.2, "ruled");
        ExpectSeven(Painted((x, y, noise) => y % 30 < 2 || x % 30 < 2 ? 90 : 230, seven: true), 0.2, "squared");
        ExpectSeven(Painted((x, y, noise) => x is > 10 and < 14 or > 386 and < 390 || y is > 10 and < 14 or > 386 and < 390 ? 20 : 255, seven: true), 0.1, "framed");
        ExpectSeven(Painted((x, y, noise) => 240 - x / 2.5, seven: true), 0.1, "shadow");
        ExpectSeven(Painted((x, y, noise) => x > 330 ? 90 : 240, seven: true), 0.1, "hard shadow");
        ExpectSeven(Painted((x, y, noise) => x < 30 || y > 380 ? 60 : 235, seven: true), 0.1, "table");
        ExpectSeven(Painted((x, y, noise) => 220 + 20 * noise, seven: true), 0.25, "noise");
    }

    [Test]
    public void Digits_apart_are_separated_in_reading_order()
    {
        using var picture = new SKBitmap(700, 600);
        using var canvas = new SKCanvas(picture);
        canvas.Clear(SKColors.White);
        using var paint = new SKPaint { Color = SKColors.Black, Style = SKPaintStyle.Stroke, StrokeWidth = 16, IsAntialias = true };
        canvas.DrawLine(100, 80, 100, 240, paint);
        canvas.DrawOval(300, 160, 50, 80, paint);
        canvas.DrawLine(500, 90, 600, 90, paint);
        canvas.DrawLine(600, 90, 520, 250, paint);
        canvas.DrawOval(350, 450, 60, 85, paint);
        IReadOnlyList<HandwrittenDigit> digits = _preprocessor.Find(Image(picture));
        Assert.That(digits, Has.Count.EqualTo(4));
        Assert.That(digits.Select(digit => (digit.Bounds.X / 100, digit.Bounds.Y / 100)), Is.EqualTo(((int, int)[])[(0, 0), (2, 0), (5, 0), (2, 3)]));
        Assert.That(digits[1].Bounds.Height, Is.EqualTo(176).Within(6));
        Assert.That(() => _preprocessor.Preprocess(Image(picture)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("shows 4 digits"));
        Assert.That(new DigitPreprocessor(new DigitPreprocessorOptions { SeparatesDigits = false }).Find(Image(picture)), Has.Count.EqualTo(1));
    }

    [Test]
    public void Bounds_are_those_in_the_file_though_a_photograph_is_decoded_smaller()
    {
        using var folder = new TemporaryFolder();
        using SKBitmap photograph = PictureDrawing.Seven(3000, 2000, 24, scale: 3, right: 600);
        File.WriteAllBytes(folder.File("photo.jpg"), photograph.Encoded(SKEncodedImageFormat.Jpeg));
        HandwrittenDigit digit = _preprocessor.Find(folder.File("photo.jpg")).Single();
        Assert.That((digit.Bounds.X, digit.Bounds.Y, digit.Bounds.Width, digit.Bounds.Height), Is.EqualTo((1854, 679, 492, 642)).Within(24));
        Assert.That(Difference(digit.Pixels, _seven.Value), Is.LessThan(0.1));
    }

    [Test]
    public void Any_size_of_picture_can_be_looked_at()
    {
        foreach ((int width, int height) in ((int, int)[])[(1, 1), (1, 40), (40, 1), (2, 2), (3, 500), (1000, 3), (17, 31)])
            Assert.That(() => _preprocessor.Find(new RgbaImage(width, height, [.. Enumerable.Range(0, width * height * 4).Select(i => (byte)(i * 37))])), Throws.Nothing, $"{width} × {height}");
    }

    /// <summary>The share of the ink that may differ where a stroke is few pixels wide.</summary>
    /// <remarks>
    /// An outline lies where the coverage of pixels, interpolated, crosses 0.45 of the ink's level, which the mean over a thin stroke's pixels lowers to h = 0.39 of its
    /// darkest. Beside a pixel of coverage c the outline is 1.5 − h/c − c pixels outside of the drawn one: at most 1.5 − 2√h = 0.25 along a level stroke, 0.15 in the mean
    /// over all c along a slanted one. The slanted stroke is three fifths of a seven, and has two outlines as the level one: 2 (0.4 · 0.25 + 0.6 · 0.15) = 0.4
    /// of the stroke's pixels. The box is measured in 200ths, at 6 pixels from the middle of 28 a shift by 0.03 pixels, of strokes 2.2 pixels wide with two outlines: 0.03.
    /// </remarks>
    private static double OutlineTolerance(double stroke) => 0.03 + 0.4 / stroke;

    private static byte[] Form(SKBitmap picture) => _preprocessor.Preprocess(Image(picture));

    private static RgbaImage Image(SKBitmap picture)
    {
        using SKBitmap copy = picture.Copy(SKColorType.Rgba8888);
        return new(picture.Width, picture.Height, copy.GetPixelSpan().ToArray());
    }

    private static void ExpectSeven(RgbaImage image, double tolerance = 0.05, string what = "") =>
        Assert.That(Difference(_preprocessor.Preprocess(image), _seven.Value), Is.LessThan(tolerance), what);

    /// <summary>The share of the ink that differs.</summary>
    private static double Difference(byte[] a, byte[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Sum() / (double)a.Zip(b, Math.Max).Sum(value => value);

    /// <summary>A picture of 400 × 400 pixels whose ground is a function of the place and of normal noise; with a seven in the middle if asked for.</summary>
    private static RgbaImage Painted(Func<int, int, double, double> ground, bool seven = false)
    {
        const int Side = 400;
        using SKBitmap ink = PictureDrawing.Seven(Side, Side, 24);
        var random = new RandomSource(8);
        byte[] pixels = new byte[Side * Side * 4];
        for (int i = 0; i < Side * Side; i++)
        {
            double light = seven ? ink.GetPixel(i % Side, i / Side).Red / 255.0 : 1;
            byte value = (byte)Math.Clamp(ground(i % Side, i / Side, random.Normal((ulong)i)) * (0.15 + 0.85 * light), 0, 255);
            (pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2], pixels[4 * i + 3]) = (value, value, value, 255);
        }

        return new(Side, Side, pixels);
    }
}
