namespace NeuralNetFromScratch.Images;

/// <summary>One number a pixel, [height, width].</summary>
internal sealed class Plane(int width, int height, float[] values)
{
    public Plane(int width, int height)
        : this(width, height, new float[width * height])
    {
    }

    public int Width => width;

    public int Height => height;

    public float[] Values => values;

    /// <summary>Whether a pixel lies on the edge of the image.</summary>
    public bool IsEdge(int x, int y) => x == 0 || y == 0 || x == width - 1 || y == height - 1;

    /// <summary>The mean over (2·reach + 1)² pixels around each, the outermost pixels repeated.</summary>
    public Plane BoxMean(int reach)
    {
        var across = new float[values.Length];
        float share = 1f / (2 * reach + 1);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = values.AsSpan(y * width, width);
            Span<float> target = across.AsSpan(y * width, width);
            double sum = (double)row[0] * (reach + 1);
            for (int x = 1; x <= reach; x++)
                sum += row[Math.Min(x, width - 1)];
            for (int x = 0; x < width; x++)
            {
                target[x] = (float)(sum * share);
                sum += (double)row[Math.Min(x + reach + 1, width - 1)] - row[Math.Max(x - reach, 0)];
            }
        }

        var result = new Plane(width, height);
        var sums = new double[width];
        for (int x = 0; x < width; x++)
            sums[x] = (double)across[x] * (reach + 1);
        for (int y = 1; y <= reach; y++)
            Add(sums, across, Math.Min(y, height - 1), 1);
        for (int y = 0; y < height; y++)
        {
            Span<float> target = result.Values.AsSpan(y * width, width);
            for (int x = 0; x < width; x++)
                target[x] = (float)(sums[x] * share);
            Add(sums, across, Math.Min(y + reach + 1, height - 1), 1);
            Add(sums, across, Math.Max(y - reach, 0), -1);
        }

        return result;
    }

    /// <summary>Smoothed by weights 1, 2, 1 along rows and columns, the outermost pixels repeated.</summary>
    public Plane Smoothed()
    {
        var across = new float[values.Length];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = values.AsSpan(y * width, width);
            for (int x = 0; x < width; x++)
                across[y * width + x] = (row[Math.Max(x - 1, 0)] + 2 * row[x] + row[Math.Min(x + 1, width - 1)]) * 0.25f;
        }

        var result = new Plane(width, height);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> above = across.AsSpan(Math.Max(y - 1, 0) * width, width), row = across.AsSpan(y * width, width);
            ReadOnlySpan<float> below = across.AsSpan(Math.Min(y + 1, height - 1) * width, width);
            for (int x = 0; x < width; x++)
                result.Values[y * width + x] = (above[x] + 2 * row[x] + below[x]) * 0.25f;
        }

        return result;
    }

    private void Add(double[] sums, float[] from, int row, int sign)
    {
        for (int x = 0; x < width; x++)
            sums[x] += sign * (double)from[row * width + x];
    }
}
