using SkiaSharp;

namespace NeuralNetFromScratch.Published.Pictures;

/// <summary>What comes from a computer: MNIST's own pixels, drawings, screenshots, other formats.</summary>
internal static class DrawnKinds
{
    private const int Side = 28;

    public static IReadOnlyList<PictureKind> All { get; } =
    [
        new("28x28 light on dark", s => Own(s, 28, 0, 0, false)),
        new("28x28 dark on light", s => Own(s, 28, 0, 0, true)),
        new("28x28 shifted by 2", s => Own(s, 28, Sign(s, 0) * 2, Sign(s, 1) * 2, true)),
        new("28x28 shifted by 4", s => Own(s, 28, Sign(s, 0) * 4, Sign(s, 1) * 4, false)),
        new("28x28 in a corner", s => Fitted(s, 28, 14, s.Between(0, 8, 20) < 14 ? 8 : 20, s.Between(1, 8, 20) < 14 ? 8 : 20)),
        new("28x28 small", s => Fitted(s, 28, 12, 14, 14)),
        new("28x28 filled", s => Fitted(s, 28, 27, 14, 14)),
        new("20x20 cut to the digit", s => Own(s, 20, -4, -4, true)),
        new("29x29", s => Own(s, 29, 0, 0, true)),
        new("64x64", s => Fitted(s, 64, 46, 32, 32)),
        new("280x280 dark on light", s => new Canvas(280, 280, Colour.White).Ink(s.Plain(200), 140, 140, Colour.Black).Encode()),
        new("280x280 light on dark", s => new Canvas(280, 280, Colour.Black).Ink(s.Plain(200), 140, 140, Colour.White).Encode()),
        new("small on a large sheet", s => new Canvas(800, 800, Colour.White).Ink(s.Plain(55), s.Between(0, 100, 700), s.Between(1, 100, 700), Colour.Black).Encode()),
        new("small and light on a large board", s => new Canvas(800, 800, Colour.Black).Ink(s.Plain(55), s.Between(0, 100, 700), s.Between(1, 100, 700), Colour.White).Encode()),
        new("pen of 1 pixel", s => new Canvas(420, 420, Colour.White).Ink(s.Pen(300, 1), 210, 210, Colour.Black).Encode()),
        new("pen of 3 pixels", s => new Canvas(420, 420, Colour.White).Ink(s.Pen(300, 3), 210, 210, Colour.Black).Encode()),
        new("pen of 7 pixels", s => new Canvas(420, 420, Colour.White).Ink(s.Pen(300, 7), 210, 210, Colour.Black).Encode()),
        new("pen of 20 pixels", s => new Canvas(420, 420, Colour.White).Ink(s.Pen(300, 20), 210, 210, Colour.Black).Encode()),
        new("marker of 60 pixels", s => new Canvas(460, 460, Colour.White).Ink(s.Pen(300, 60), 230, 230, Colour.Black).Encode()),
        new("pen without smooth edges", s => new Canvas(300, 300, Colour.White).Ink(s.Pen(200, 4), 150, 150, Colour.Black).TwoLevels().Encode()),
        new("transparent, dark ink", s => new Canvas(300, 300, Colour.Black, 0).Ink(s.Pen(200, 12), 150, 150, Colour.Black).Encode()),
        new("transparent, light ink", s => new Canvas(300, 300, Colour.White, 0).Ink(s.Pen(200, 12), 150, 150, Colour.White).Encode()),
        new("transparent, coloured ink", s => new Canvas(300, 300, Colour.White, 0).Ink(s.Plain(200), 150, 150, new(200, 60, 30), 0.8f).Encode(SKEncodedImageFormat.Webp, 100)),
        new("blue on yellow", s => new Canvas(300, 300, new(250, 230, 90)).Ink(s.Plain(180), 150, 150, new(30, 40, 160)).Encode(SKEncodedImageFormat.Jpeg)),
        new("red on green of equal brightness", s => new Canvas(300, 300, new(60, 150, 60)).Ink(s.Plain(180), 150, 150, new(225, 80, 50)).Encode(SKEncodedImageFormat.Jpeg)),
        new("light on a coloured ground", s => new Canvas(300, 300, new(180, 40, 90)).Ink(s.Pen(180, 14), 150, 150, new(255, 220, 230)).Encode()),
        new("grey on grey", s => new Canvas(300, 300, Colour.Grey(150)).Ink(s.Plain(180), 150, 150, Colour.Grey(115)).Encode()),
        new("framed", s => new Canvas(300, 300, Colour.White).Frame(40, 40, 260, 260, 4, Colour.Black).Ink(s.Plain(140), 150, 150, Colour.Black).Encode()),
        new("framed at the edge", s => new Canvas(300, 300, Colour.White).Frame(2, 2, 298, 298, 6, Colour.Black).Ink(s.Plain(180), 150, 150, Colour.Black).Encode()),
        new("wide picture", s => new Canvas(900, 200, Colour.White).Ink(s.Plain(140), s.Between(0, 120, 780), 100, Colour.Black).Encode()),
        new("high picture", s => new Canvas(180, 900, Colour.Black).Ink(s.Plain(120), 90, s.Between(0, 120, 780), Colour.White).Encode()),
        new("GIF of two colours", s => Formats.Gif(new Canvas(200, 200, Colour.White).Ink(s.Plain(140), 100, 100, Colour.Black).TwoLevels())),
        new("BMP", s => Formats.Bmp(new Canvas(200, 200, Colour.White).Ink(s.Pen(140, 8), 100, 100, new(20, 20, 120)))),
        new("WebP", s => new Canvas(300, 300, Colour.White).Ink(s.Plain(200), 150, 150, Colour.Black).Encode(SKEncodedImageFormat.Webp, 60)),
        new("coarse JPEG", s => new Canvas(200, 200, Colour.White).Ink(s.Plain(120), 100, 100, Colour.Black).Encode(SKEncodedImageFormat.Jpeg, 8)),
        new("EXIF of a JPEG", s => Formats.Turned(new Canvas(300, 360, Colour.White).Ink(s.Plain(200), 150, 180, Colour.Black), SKEncodedImageFormat.Jpeg, s)),
        new("EXIF of a PNG", s => Formats.Turned(new Canvas(300, 360, Colour.White).Ink(s.Plain(200), 150, 180, Colour.Black), SKEncodedImageFormat.Png, s)),
        new("EXIF of a WebP", s => Formats.Turned(new Canvas(300, 360, Colour.White).Ink(s.Plain(200), 150, 180, Colour.Black), SKEncodedImageFormat.Webp, s)),
    ];

    private static int Sign(Subject subject, ulong index) => subject.Random.Uniform(index) < 0.5 ? -1 : 1;

    /// <summary>MNIST's pixels themselves, moved.</summary>
    private static byte[] Own(Subject subject, int side, int right, int down, bool isDark)
    {
        int more = (side - Side) / 2;
        (right, down) = side < Side ? (right, down) : (right + more, down + more);
        var patch = new InkPatch(Side, subject.Pixels);
        return new Canvas(side, side, isDark ? Colour.White : Colour.Black)
            .Ink(patch, Side / 2f + right, Side / 2f + down, isDark ? Colour.Black : Colour.White).Encode();
    }

    private static byte[] Fitted(Subject subject, int side, int longSide, float x, float y) =>
        new Canvas(side, side, Colour.White).Ink(subject.Plain(longSide), x, y, Colour.Black).Encode();
}
