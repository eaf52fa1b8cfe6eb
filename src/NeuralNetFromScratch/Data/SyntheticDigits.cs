namespace NeuralNetFromScratch;

/// <summary>
/// Digits for when no real ones are at hand: strokes drawn with a random affine distortion. They serve to show that training
/// works; a figure reached on them says nothing about handwriting.
/// </summary>
public static class SyntheticDigits
{
    private const int Size = 28;

    /// <summary>Draws digits, as many of each class as possible, in turn.</summary>
    /// <param name="count">How many; not negative.</param>
    /// <param name="seed">Seed: a digit depends on the seed and its index alone.</param>
    /// <returns>Samples [28, 28] of 10 classes, stored as bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public static Dataset Create(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var pixels = new byte[checked(count * Size * Size)];
        var labels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % 10);
            Draw(labels[i], new RandomSource(seed).Fork((ulong)i), pixels.AsSpan(i * Size * Size, Size * Size));
        }

        return Dataset.FromBytes(pixels, [Size, Size], labels, classes: 10);
    }

    private static void Draw(int digit, RandomSource random, Span<byte> pixels)
    {
        double Between(ulong index, double low, double high) => low + (high - low) * random.Uniform(index);

        // Where each point of the unit square goes: turned, slanted, stretched, shifted.
        double angle = Between(0, -0.3, 0.3), slant = Between(1, -0.3, 0.3);
        double width = Between(2, 12, 19), height = Between(3, 16, 21);
        double centreX = Between(4, 12, 16), centreY = Between(5, 12, 16);
        double thickness = Between(6, 0.8, 1.9), ink = Between(7, 190, 255);
        (double sine, double cosine) = Math.SinCos(angle);

        foreach (double[] stroke in DigitStrokes.Of(digit))
        {
            (double X, double Y) previous = default;
            for (int i = 0; i < stroke.Length; i += 2)
            {
                // Each point also wavers by itself, so that no two strokes are alike.
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

    /// <summary>Darkens the pixels near a segment: fully within the thickness, fading out over one pixel beyond.</summary>
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
