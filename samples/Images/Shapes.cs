using SkiaSharp;

/// <summary>Circles, squares and triangles of any colour, size and place.</summary>
internal static class Shapes
{
    /// <summary>Draws as many of each into folders of their names, and returns the folder.</summary>
    public static string Draw(string folder, int count)
    {
        const int Side = 64;
        var random = new Random(1);
        foreach (string shape in (string[])["circle", "square", "triangle"])
        {
            Directory.CreateDirectory(Path.Combine(folder, shape));
            for (int i = 0; i < count; i++)
            {
                using var bitmap = new SKBitmap(Side, Side);
                using var canvas = new SKCanvas(bitmap);
                using var paint = new SKPaint { Color = Colour(random, 130, 256), IsAntialias = true };
                canvas.Clear(Colour(random, 0, 110));
                float size = random.Next(12, 24), x = random.Next(24, 40), y = random.Next(24, 40);
                if (shape == "circle")
                    canvas.DrawCircle(x, y, size, paint);
                else if (shape == "square")
                    canvas.DrawRect(x - size, y - size, 2 * size, 2 * size, paint);
                else
                    DrawTriangle(canvas, x, y, size, paint);
                using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                File.WriteAllBytes(Path.Combine(folder, shape, $"{i}.png"), png.ToArray());
            }
        }

        return folder;
    }

    private static void DrawTriangle(SKCanvas canvas, float x, float y, float size, SKPaint paint)
    {
        using SKPath path = SKPath.ParseSvgPathData(FormattableString.Invariant($"M {x} {y - size} l {size} {2 * size} h {-2 * size} z"));
        canvas.DrawPath(path, paint);
    }

    private static SKColor Colour(Random random, int low, int high) =>
        new((byte)random.Next(low, high), (byte)random.Next(low, high), (byte)random.Next(low, high));
}
