namespace NeuralNetFromScratch.Images;

/// <summary>The Euclidean distance of each pixel from the nearest that is, or is not, in a mask (Felzenszwalb and Huttenlocher 2012).</summary>
internal static class DistanceField
{
    private const float Far = 1e12f;

    /// <summary>Positive inside the mask and negative outside, 0 halfway between neighbors of which one is in it.</summary>
    public static Plane Signed(bool[] mask, int width, int height)
    {
        Plane inside = ToNearest(mask, width, height, value: false), outside = ToNearest(mask, width, height, value: true);
        for (int i = 0; i < mask.Length; i++)
            inside.Values[i] = mask[i] ? inside.Values[i] - 0.5f : 0.5f - outside.Values[i];
        return inside;
    }

    private static Plane ToNearest(bool[] mask, int width, int height, bool value)
    {
        var result = new Plane(width, height);
        float[] values = result.Values;
        for (int i = 0; i < values.Length; i++)
            values[i] = mask[i] == value ? 0 : Far;
        int longest = Math.Max(width, height);
        float[] line = new float[longest], edges = new float[longest + 1];
        int[] vertices = new int[longest];
        for (int x = 0; x < width; x++)
            Transform(values.AsSpan(x), width, height, line, vertices, edges);
        for (int y = 0; y < height; y++)
            Transform(values.AsSpan(y * width), 1, width, line, vertices, edges);
        for (int i = 0; i < values.Length; i++)
            values[i] = MathF.Sqrt(values[i]);
        return result;
    }

    /// <summary>The lower envelope of parabolas along one line.</summary>
    private static void Transform(Span<float> values, int stride, int length, float[] line, int[] vertices, float[] edges)
    {
        for (int i = 0; i < length; i++)
            line[i] = values[i * stride];
        int count = 0;
        vertices[0] = 0;
        (edges[0], edges[1]) = (float.NegativeInfinity, float.PositiveInfinity);
        for (int q = 1; q < length; q++)
        {
            float crossing = Crossing(line, vertices[count], q);
            while (crossing <= edges[count])
                crossing = Crossing(line, vertices[--count], q);
            vertices[++count] = q;
            (edges[count], edges[count + 1]) = (crossing, float.PositiveInfinity);
        }

        for (int q = 0, k = 0; q < length; q++)
        {
            while (edges[k + 1] < q)
                k++;
            float away = q - vertices[k];
            values[q * stride] = away * away + line[vertices[k]];
        }
    }

    private static float Crossing(float[] line, int p, int q) =>
        (float)(((line[q] + (double)q * q) - (line[p] + (double)p * p)) / (2.0 * q - 2.0 * p));
}
