using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>The colors of an image. Distinguishing colors are from the palette of Okabe and Ito (2008), which is suitable for color-blind readers.</summary>
internal sealed record Theme
{
    public static Theme Light { get; } = new()
    {
        Background = new(0xFF, 0xFF, 0xFF),
        Text = new(0x1F, 0x23, 0x28),
        Faint = new(0x59, 0x63, 0x6E),
        Grid = new(0xE4, 0xE7, 0xEB),
        Diagonal = new(0xE4, 0xE7, 0xEB),
        Blue = new(0x00, 0x72, 0xB2),
        Orange = new(0xD5, 0x5E, 0x00),
        Green = new(0x00, 0x9E, 0x73),
    };

    public static Theme Dark { get; } = new()
    {
        Background = new(0x16, 0x1B, 0x22),
        Text = new(0xE6, 0xED, 0xF3),
        Faint = new(0x9A, 0xA4, 0xAF),
        Grid = new(0x2D, 0x33, 0x3B),
        Diagonal = new(0x2D, 0x33, 0x3B),
        Blue = new(0x56, 0xB4, 0xE9),
        Orange = new(0xE6, 0x9F, 0x00),
        Green = new(0x2F, 0xC2, 0x95),
    };

    public required SKColor Background { get; init; }

    public required SKColor Text { get; init; }

    /// <summary>The color of secondary text.</summary>
    public required SKColor Faint { get; init; }

    public required SKColor Grid { get; init; }

    /// <summary>The color of the diagonal of the confusion matrix, less prominent than the mistakes.</summary>
    public required SKColor Diagonal { get; init; }

    public required SKColor Blue { get; init; }

    public required SKColor Orange { get; init; }

    public required SKColor Green { get; init; }

    /// <summary>Interpolates two colors.</summary>
    /// <param name="from">The color at 0.</param>
    /// <param name="to">The color at 1.</param>
    /// <param name="share">The position, 0 to 1.</param>
    public static SKColor Mix(SKColor from, SKColor to, double share) =>
        new(Mix(from.Red, to.Red, share), Mix(from.Green, to.Green, share), Mix(from.Blue, to.Blue, share));

    /// <summary>Returns black or white, whichever has more contrast on a color (relative luminance of WCAG 2).</summary>
    public static SKColor TextOn(SKColor colour)
    {
        double luminance = 0.2126 * Linear(colour.Red) + 0.7152 * Linear(colour.Green) + 0.0722 * Linear(colour.Blue);
        return luminance > 0.179 ? SKColors.Black : SKColors.White;
    }

    private static byte Mix(byte from, byte to, double share) => (byte)Math.Round(from + (to - from) * share);

    private static double Linear(byte channel)
    {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
