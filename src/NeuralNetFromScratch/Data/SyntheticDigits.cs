namespace NeuralNetFromScratch;

/// <summary>
/// Synthetic images of digits: strokes with a random affine distortion. They demonstrate that training works; an accuracy on them says nothing
/// about handwriting.
/// </summary>
public static class SyntheticDigits
{
    private const int Size = 28;

    /// <summary>Creates digits. The classes take turns, so that their numbers differ by at most one.</summary>
    /// <param name="count">The number of samples; not negative.</param>
    /// <param name="seed">The seed. A digit depends only on the seed and its index.</param>
    /// <returns>Samples [28, 28] of 10 classes, stored as bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public static Dataset Create(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var pixels = new byte[Guard.Length(count, Size * Size)];
        var labels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % 10);
            Draw(labels[i], new RandomSource(seed).Fork((ulong)i), pixels.AsSpan(i * Size * Size, Size * Size));
        }

        return Dataset.FromBytes(pixels, [Size, Size], labels, classCount: 10);
    }

    private static void Draw(int digit, RandomSource random, Span<byte> pixels)
    {
        double Between(ulong index, double low, double high) => low + (high - low) * random.Uniform(index);

        // The position of each point of the unit square: rotated, slanted, stretched, shifted.
        double angle = Between(0, -0.3, 0.3), slant = Between(1, -0.3, 0.3);
        double width = Between(2, 12, 19), height = Between(3, 16, 21);
        double centreX = Between(4, 12, 16), centreY = Between(5, 12, 16);
        double thickness = Between(6, 0.8, 1.9), ink = Between(7, 190, 255);
        (double sine, double cosine) = PortableMath.SinCosOfTurns(angle / (2 * Math.PI));

        foreach (double[] stroke in DigitStrokes.Of(digit))
        {
            (double X, double Y) previous = default;
            for (int i = 0; i < stroke.Length; i += 2)
            {
                // Each point is also displaced individually, so that no two strokes are equal.
                ulong index = (ulong)(100 + i);
                double x = (stroke[i] - 0.5 + Between(index, -0.04, 0.04)) * width;
                double y = (stroke[i + 1] - 0.5 + Between(index + 1, -0.04, 0.04)) * height;
                x += slant * -y;
                (double X, double Y) point = (centreX + cosine * x - sine * y, centreY + sine * x + cosine * y);
                if (i > 0)
                    DrawSegment(previous, point, thickness, ink, pixels);
                previous = point;
            }
        }
    }

    /// <summary>Darkens the pixels near a segment: fully within the thickness, decreasing over one pixel beyond it.</summary>
    private static void DrawSegment((double X, double Y) from, (double X, double Y) to, double thickness, double ink, Span<byte> pixels)
    {
        double dx = to.X - from.X, dy = to.Y - from.Y, squaredLength = Math.Max(dx * dx + dy * dy, 1e-9);
        double reach = thickness + 1;
        int top = Clamp(Math.Min(from.Y, to.Y) - reach), bottom = Clamp(Math.Max(from.Y, to.Y) + reach);
        int left = Clamp(Math.Min(from.X, to.X) - reach), right = Clamp(Math.Max(from.X, to.X) + reach);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                double along = Math.Clamp(((x - from.X) * dx + (y - from.Y) * dy) / squaredLength, 0, 1);
                double awayX = x - from.X - along * dx, awayY = y - from.Y - along * dy;
                double distance = Math.Sqrt(awayX * awayX + awayY * awayY);
                var shade = (byte)(ink * Math.Clamp(thickness + 0.5 - distance, 0, 1));
                pixels[y * Size + x] = Math.Max(pixels[y * Size + x], shade);
            }
        }
    }

    private static int Clamp(double coordinate) => (int)Math.Clamp(Math.Round(coordinate), 0, Size - 1);
}

/// <summary>The digits as strokes: points (x, y, x, y, …) in the unit square, y downwards, joined by straight lines.</summary>
internal static class DigitStrokes
{
    private static readonly double[][][] Strokes =
    [
        [Arc(0.5, 0.5, 0.42, 0.5, 0, 360)],
        [[0.3, 0.2, 0.55, 0, 0.55, 1]],
        [[.. Arc(0.5, 0.28, 0.4, 0.28, 190, 390), 0.1, 1, 0.95, 1]],
        [[.. Arc(0.45, 0.26, 0.38, 0.26, 200, 440), .. Arc(0.45, 0.74, 0.42, 0.26, -80, 150)]],
        [[0.65, 1, 0.65, 0, 0.05, 0.68, 0.98, 0.68]],
        [[0.9, 0, 0.22, 0, 0.15, 0.42, .. Arc(0.48, 0.68, 0.4, 0.32, -110, 150)]],
        [[0.75, 0.02, 0.35, 0.3, .. Arc(0.5, 0.7, 0.38, 0.3, 190, 550)]],
        [[0.05, 0, 0.95, 0, 0.4, 1]],
        [Arc(0.5, 0.25, 0.33, 0.25, 90, 450), Arc(0.5, 0.75, 0.4, 0.25, -90, 270)],
        [[.. Arc(0.47, 0.3, 0.37, 0.3, 10, 370), 0.75, 1]],
    ];

    public static IReadOnlyList<double[]> Of(int digit) => Strokes[digit];

    /// <summary>Returns points on an ellipse; angles are in degrees from the right, clockwise.</summary>
    private static double[] Arc(double centreX, double centreY, double radiusX, double radiusY, double from, double to)
    {
        const int Steps = 14;
        var points = new double[2 * (Steps + 1)];
        for (int i = 0; i <= Steps; i++)
        {
            (double sine, double cosine) = PortableMath.SinCosOfTurns((from + (to - from) * i / Steps) / 360);
            points[2 * i] = centreX + radiusX * cosine;
            points[2 * i + 1] = centreY + radiusY * sine;
        }

        return points;
    }
}
