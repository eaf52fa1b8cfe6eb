namespace NeuralNetFromScratch.Published.Pictures;

/// <summary>A digit of MNIST at another size, as a pen or a marker leaves it: how much of each pixel is ink, 0 to 1.</summary>
/// <param name="Side">Pixels of a side; the digit's own longer side is 20/28 of it.</param>
/// <param name="Coverage">[side, side].</param>
internal sealed record InkPatch(int Side, float[] Coverage)
{
    private const int Digit = 28, Box = 20, SkeletonSide = 15 * Digit;

    /// <summary>The digit with its own strokes.</summary>
    /// <param name="pixels">[28, 28], 0 to 1.</param>
    /// <param name="longSide">Pixels of the digit's longer side.</param>
    public static InkPatch Plain(ReadOnlySpan<float> pixels, int longSide)
    {
        int side = Math.Max(Digit / 2, longSide * Digit / Box);
        float[] coverage = Enlarged(pixels, side);
        // The edge is as sharp as the new pixels allow, and never blurred further.
        float sharpness = Math.Max(1, side / (float)Digit);
        for (int i = 0; i < coverage.Length; i++)
            coverage[i] = Math.Clamp((coverage[i] - 0.5f) * sharpness + 0.5f, 0, 1);
        return new(side, coverage);
    }

    /// <summary>The digit's middle line, drawn with a round pen.</summary>
    /// <param name="pixels">[28, 28], 0 to 1.</param>
    /// <param name="longSide">Pixels of the digit's longer side.</param>
    /// <param name="pen">The pen's width in pixels.</param>
    public static InkPatch Drawn(ReadOnlySpan<float> pixels, int longSide, float pen)
    {
        int side = longSide * Digit / Box;
        float scale = side / (float)SkeletonSide, reach = pen / 2;
        bool[] skeleton = Skeleton.Of([.. Enlarged(pixels, SkeletonSide).Select(value => value >= 0.5f)], SkeletonSide);
        var coverage = new float[side * side];
        for (int i = 0; i < skeleton.Length; i++)
        {
            if (!skeleton[i])
                continue;
            float x = (i % SkeletonSide + 0.5f) * scale, y = (i / SkeletonSide + 0.5f) * scale;
            for (int row = Math.Max(0, (int)(y - reach - 1)); row <= Math.Min(side - 1, y + reach + 1); row++)
            {
                for (int column = Math.Max(0, (int)(x - reach - 1)); column <= Math.Min(side - 1, x + reach + 1); column++)
                {
                    float away = MathF.Sqrt((column + 0.5f - x) * (column + 0.5f - x) + (row + 0.5f - y) * (row + 0.5f - y));
                    coverage[row * side + column] = Math.Max(coverage[row * side + column], Math.Clamp(reach + 0.5f - away, 0, 1));
                }
            }
        }

        return new(side, coverage);
    }

    /// <summary>How much ink there is at a place, from the patch's middle; 0 outside.</summary>
    public float At(float x, float y)
    {
        x += Side / 2f - 0.5f;
        y += Side / 2f - 0.5f;
        int left = (int)MathF.Floor(x), top = (int)MathF.Floor(y);
        float beside = x - left, below = y - top;
        return (Value(left, top) * (1 - beside) + Value(left + 1, top) * beside) * (1 - below)
            + (Value(left, top + 1) * (1 - beside) + Value(left + 1, top + 1) * beside) * below;

        float Value(int column, int row) => (uint)column < (uint)Side && (uint)row < (uint)Side ? Coverage[row * Side + column] : 0;
    }

    /// <summary>Cubic interpolation (Keys 1981).</summary>
    private static float[] Enlarged(ReadOnlySpan<float> pixels, int side)
    {
        var across = new float[Digit * side];
        for (int x = 0; x < side; x++)
        {
            for (int y = 0; y < Digit; y++)
                across[y * side + x] = Cubic(pixels.Slice(y * Digit, Digit), 1, (x + 0.5f) * Digit / side - 0.5f);
        }

        var result = new float[side * side];
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
                result[y * side + x] = Cubic(across.AsSpan(x), side, (y + 0.5f) * Digit / side - 0.5f);
        }

        return result;
    }

    private static float Cubic(ReadOnlySpan<float> values, int stride, float place)
    {
        int first = (int)MathF.Floor(place);
        float t = place - first, a = Value(values, first - 1), b = Value(values, first), c = Value(values, first + 1), d = Value(values, first + 2);
        return b + 0.5f * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));

        float Value(ReadOnlySpan<float> line, int i) => (uint)i < Digit ? line[i * stride] : 0;
    }
}
