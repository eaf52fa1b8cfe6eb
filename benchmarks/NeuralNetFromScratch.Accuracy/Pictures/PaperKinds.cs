using SkiaSharp;

namespace NeuralNetFromScratch.Published.Pictures;

/// <summary>What comes from paper, boards and cameras.</summary>
internal static class PaperKinds
{
    private static readonly Colour _ink = new(35, 35, 45), _blue = new(30, 40, 120), _paper = new(235, 232, 225);

    public static IReadOnlyList<PictureKind> All { get; } =
    [
        new("scan with noise", s => Sheet(s, 400, 300, 7).Noise(s.Random.Fork(9), 12).Encode(SKEncodedImageFormat.Jpeg, 80)),
        new("strong noise", s => new Canvas(280, 280, Colour.White).Ink(s.Plain(180), 140, 140, Colour.Black).Noise(s.Random.Fork(9), 45).Encode()),
        new("coloured noise of a dark room", s => new Canvas(400, 300, new(90, 80, 70)).Ink(s.Plain(150), 200, 150, new(25, 22, 20)).Noise(s.Random.Fork(9), 10, true).Encode(SKEncodedImageFormat.Jpeg, 75)),
        new("salt and pepper", s => new Canvas(280, 280, Colour.White).Ink(s.Plain(180), 140, 140, Colour.Black).SaltAndPepper(s.Random.Fork(9), 0.04).Encode()),
        new("blurred", s => Sheet(s, 400, 300, 9).Blurred(9).Blurred(9).Encode(SKEncodedImageFormat.Jpeg)),
        new("specks of dust", s => Dust(s, Sheet(s, 400, 400, 7)).Encode()),
        new("ruled paper", s => Ruled(s, new(150, 175, 215), 0, false).Encode(SKEncodedImageFormat.Jpeg)),
        new("ruled paper, turned", s => Ruled(s, new(120, 150, 205), s.Between(5, -4, 4), false).Encode(SKEncodedImageFormat.Jpeg)),
        new("squared paper", s => Ruled(s, new(150, 175, 215), 0, true).Encode(SKEncodedImageFormat.Jpeg)),
        new("squared paper, dark lines", s => Ruled(s, new(70, 75, 90), 0, true).Encode(SKEncodedImageFormat.Jpeg)),
        new("squared paper, turned", s => Ruled(s, new(110, 140, 190), s.Between(5, -4, 4), true).Encode(SKEncodedImageFormat.Jpeg)),
        new("shadow across", s => Sheet(s, 400, 300, 8).Lit((x, y) => 1 - 0.6f * x).Encode(SKEncodedImageFormat.Jpeg)),
        new("hard shadow", s => Sheet(s, 400, 300, 8).Lit((x, y) => x + 0.4f * y > s.Between(7, 0.5f, 0.9f) ? 0.45f : 1).Blurred(3).Encode(SKEncodedImageFormat.Jpeg)),
        new("vignette", s => Sheet(s, 400, 400, 9).Lit((x, y) => 1 - 1.3f * ((x - 0.5f) * (x - 0.5f) + (y - 0.5f) * (y - 0.5f))).Encode(SKEncodedImageFormat.Jpeg)),
        new("glare of a lamp", s => Sheet(s, 400, 300, 8, 0.6f).Lit((x, y) => 1 + 0.6f / (1 + 30 * ((x - 0.2f) * (x - 0.2f) + (y - 0.2f) * (y - 0.2f)))).Encode(SKEncodedImageFormat.Jpeg)),
        new("sheet on a table", s => OnTable(s).Encode(SKEncodedImageFormat.Jpeg)),
        new("edge of a sheet", s => Sheet(s, 400, 300, 8).Rectangle(0, 0, 40, 300, new(70, 50, 40)).Rectangle(0, 270, 400, 300, new(60, 45, 35)).Blurred(3).Encode(SKEncodedImageFormat.Jpeg)),
        new("cell of a form", s => Cell(s).Encode()),
        new("held at an angle", s => new Canvas(400, 300, _paper).Ink(s.Pen(150, 7), 200, 150, _ink, degrees: s.Between(3, -8, 8)).Noise(s.Random.Fork(9), 5).Encode(SKEncodedImageFormat.Jpeg)),
        new("chalk on a board", s => new Canvas(400, 300, new(40, 75, 60)).Ink(s.Pen(170, 9), 190, 150, new(225, 230, 225), 0.85f).Noise(s.Random.Fork(9), 9).Lit((x, y) => 0.7f + 0.4f * y).Encode(SKEncodedImageFormat.Jpeg)),
        new("yellow note on a desk", s => new Canvas(500, 400, new(200, 200, 205)).Rectangle(90, 50, 410, 350, new(250, 235, 110)).Ink(s.Pen(150, 7), 250, 200, _blue).Blurred(3).Encode(SKEncodedImageFormat.Jpeg)),
        new("pencil", s => new Canvas(400, 300, _paper).Ink(s.Pen(160, 4), 200, 150, Colour.Grey(140), 0.8f).Noise(s.Random.Fork(9), 5).Encode(SKEncodedImageFormat.Jpeg)),
        new("marker on a whiteboard", s => new Canvas(640, 480, new(210, 215, 220)).Ink(s.Pen(230, 16), 320, 240, new(190, 30, 40)).Lit((x, y) => 0.75f + 0.3f * y).Noise(s.Random.Fork(9), 6).Encode(SKEncodedImageFormat.Jpeg)),
        new("screen with stripes", s => Sheet(s, 400, 300, 9).Lines(6, s.Between(6, 0, 6), 2, Colour.Grey(120), 20, false, 0.35f).Encode(SKEncodedImageFormat.Jpeg)),
        new("photograph of 3 megapixels", s => Photograph(s, 2048, 1536, 500, 24).Encode(SKEncodedImageFormat.Jpeg)),
        new("small digit in a photograph", s => Photograph(s, 2048, 1536, 110, 7).Encode(SKEncodedImageFormat.Jpeg)),
    ];

    /// <summary>Blank pictures, which show nothing.</summary>
    public static IReadOnlyList<PictureKind> Blank { get; } =
    [
        new("blank: 28x28 white", _ => new Canvas(28, 28, Colour.White).Encode()),
        new("blank: 28x28 black", _ => new Canvas(28, 28, Colour.Black).Encode()),
        new("blank: transparent", _ => new Canvas(100, 100, Colour.Black, 0).Encode()),
        new("blank: noise", s => new Canvas(300, 300, _paper).Noise(s.Random, s.Between(0, 2, 20)).Encode(SKEncodedImageFormat.Jpeg)),
        new("blank: shadow", s => new Canvas(400, 300, _paper).Lit((x, y) => 1 - s.Between(0, 0.2f, 0.7f) * x).Noise(s.Random.Fork(9), 3).Encode(SKEncodedImageFormat.Jpeg)),
        new("blank: ruled", s => Paper(s, new(130, 160, 210), s.Between(5, -3, 3), false).Encode(SKEncodedImageFormat.Jpeg)),
        new("blank: squared", s => Paper(s, new(110, 140, 190), s.Between(5, -3, 3), true).Encode(SKEncodedImageFormat.Jpeg)),
    ];

    public static Canvas Photograph(Subject s, int width, int height, int longSide, float pen) =>
        new Canvas(width, height, _paper)
            .Ink(s.Pen(longSide, pen), width * s.Between(1, 0.35f, 0.65f), height * s.Between(2, 0.35f, 0.65f), _ink, degrees: s.Between(3, -5, 5))
            .Lit((x, y) => 0.95f - 0.4f * x * s.Between(4, 0, 1) - 0.1f * y)
            .Noise(s.Random.Fork(9), 6, true);

    private static Canvas Sheet(Subject s, int width, int height, float pen, float brightness = 1) =>
        new Canvas(width, height, Colour.Grey(235 * brightness))
            .Ink(s.Pen(height / 2, pen), width * s.Between(1, 0.4f, 0.6f), height * s.Between(2, 0.4f, 0.6f), Colour.Grey(40 * brightness));

    private static Canvas Paper(Subject s, Colour lines, float degrees, bool isSquared)
    {
        Canvas canvas = new Canvas(400, 400, _paper).Lines(isSquared ? 26 : 48, s.Between(6, 0, 26), 2, lines, degrees);
        return (isSquared ? canvas.Lines(26, s.Between(7, 0, 26), 2, lines, degrees, true) : canvas).Noise(s.Random.Fork(9), 3);
    }

    private static Canvas Ruled(Subject s, Colour lines, float degrees, bool isSquared) =>
        Paper(s, lines, degrees, isSquared).Ink(s.Pen(170, 8), s.Between(1, 160, 240), s.Between(2, 160, 240), _blue, degrees: degrees);

    private static Canvas Dust(Subject s, Canvas canvas)
    {
        for (ulong i = 0; i < 25; i++)
        {
            float x = s.Between(100 + 3 * i, 0, 395), y = s.Between(101 + 3 * i, 0, 395), size = s.Between(102 + 3 * i, 1, 6);
            canvas.Rectangle(x, y, x + size, y + size, Colour.Grey(60));
        }

        return canvas;
    }

    private static Canvas OnTable(Subject s) =>
        new Canvas(600, 450, new(85, 60, 45)).Noise(s.Random.Fork(8), 8)
            .Rectangle(s.Between(4, 40, 90), s.Between(5, 20, 60), s.Between(6, 510, 570), s.Between(7, 390, 430), _paper)
            .Ink(s.Pen(180, 9), s.Between(1, 250, 350), s.Between(2, 190, 260), _ink).Blurred(3);

    private static Canvas Cell(Subject s)
    {
        float left = s.Between(4, -3, 8), top = s.Between(5, -3, 8);
        return new Canvas(120, 160, Colour.White).Frame(left, top, left + s.Between(6, 108, 122), top + s.Between(7, 148, 165), 3, Colour.Grey(60))
            .Ink(s.Pen(90, 6), s.Between(1, 52, 68), s.Between(2, 72, 88), _blue);
    }
}
