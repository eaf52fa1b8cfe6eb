using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>Draws an image with Skia and encodes it as PNG.</summary>
internal static class Picture
{
    /// <summary>The number of pixels of a unit of the drawing, for screens with a high resolution.</summary>
    public const int Scale = 2;

    public static byte[] Draw(int width, int height, Theme theme, Action<SKCanvas> draw)
    {
        using var bitmap = new SKBitmap(width * Scale, height * Scale, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(theme.Background);
            canvas.Scale(Scale);
            draw(canvas);
        }

        using SKPixmap pixels = bitmap.PeekPixels();
        // Without filters, repeated rows compress better.
        using SKData png = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.None, 9))!;
        return png.ToArray();
    }
}
