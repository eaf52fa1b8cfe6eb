using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>Draws small images in rows, with a caption under each and a title.</summary>
internal sealed class PictureSheet
{
    private const int Margin = 20, TitleHeight = 56, LineHeight = 15;

    public required string Title { get; init; }

    public required string Subtitle { get; init; }

    public required int Columns { get; init; }

    /// <summary>The side of an image.</summary>
    public required int Side { get; init; }

    /// <summary>The space between images.</summary>
    public required int Gap { get; init; }

    /// <summary>The number of lines of a caption.</summary>
    public int CaptionLines { get; init; }

    /// <param name="count">The number of images.</param>
    /// <param name="picture">Returns the pixels of a square image, row by row.</param>
    /// <param name="caption">Returns the lines of the caption.</param>
    /// <param name="theme">The colors.</param>
    public byte[] Draw(int count, Func<int, SKColor[]> picture, Func<int, string[]> caption, Theme theme)
    {
        int rows = (count + Columns - 1) / Columns, rowHeight = Side + CaptionLines * LineHeight + Gap;
        int width = 2 * Margin + Columns * (Side + Gap) - Gap, height = 2 * Margin + TitleHeight + rows * rowHeight - Gap;
        return Picture.Draw(width, height, theme, canvas =>
        {
            using var titleFont = new SKFont(InterFont.Bold, 18);
            using var font = new SKFont(InterFont.Regular, 13);
            using var captionFont = new SKFont(InterFont.Regular, 11.5f);
            using var text = new SKPaint { Color = theme.Text, IsAntialias = true };
            using var faint = new SKPaint { Color = theme.Faint, IsAntialias = true };
            canvas.DrawText(Title, Margin, Margin + 16, SKTextAlign.Left, titleFont, text);
            canvas.DrawText(Subtitle, Margin, Margin + 38, SKTextAlign.Left, font, faint);
            for (int i = 0; i < count; i++)
            {
                int left = Margin + i % Columns * (Side + Gap), top = Margin + TitleHeight + i / Columns * rowHeight;
                DrawPixels(canvas, picture(i), SKRect.Create(left, top, Side, Side), theme);
                foreach ((int line, string words) in caption(i).Index())
                    canvas.DrawText(words, left + Side / 2f, top + Side + (line + 1) * LineHeight, SKTextAlign.Center, captionFont, line == 0 ? text : faint);
            }
        });
    }

    private static void DrawPixels(SKCanvas canvas, SKColor[] pixels, SKRect place, Theme theme)
    {
        int side = (int)Math.Sqrt(pixels.Length);
        using var bitmap = new SKBitmap(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque) { Pixels = pixels };
        using SKImage image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, place, new SKSamplingOptions(SKFilterMode.Nearest));
        using var frame = new SKPaint { Color = theme.Grid, Style = SKPaintStyle.Stroke, StrokeWidth = 1 };
        canvas.DrawRect(SKRect.Inflate(place, 0.5f, 0.5f), frame);
    }
}
