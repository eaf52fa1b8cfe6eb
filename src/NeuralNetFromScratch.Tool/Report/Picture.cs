using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>A picture that is drawn with Skia and kept as PNG.</summary>
internal static class Picture
{
    /// <summary>Pixels to a unit of the drawing, so that pictures are sharp on dense screens.</summary>
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
        // Without filters: what repeats is found better so.
        using SKData png = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.None, 9))!;
        return png.ToArray();
    }
}
