namespace NeuralNetFromScratch.Images;

/// <summary>
/// What lies under the ink: a morphological opening (Serra 1982) of an image whose ink is light, with a square wider than a stroke. A shadow is wider
/// than the square, and so belongs to the ground, hard edges included. Computed in a constant time a pixel (van Herk 1992).
/// </summary>
internal static class Background
{
    /// <param name="ink">A picture whose ink is light.</param>
    /// <param name="reach">How far the square reaches to each side of its middle.</param>
    /// <param name="isWhole">
    /// Whether the square stays within the picture, so that ink at the picture's edge is none of the ground; otherwise it is cut there, and what is narrow and runs
    /// along the edge is ground: a table beside the sheet, the frame of a form.
    /// </param>
    public static Plane Under(Plane ink, int reach, bool isWhole)
    {
        int across = isWhole ? Math.Min(reach, (ink.Width - 1) / 2) : reach, down = isWhole ? Math.Min(reach, (ink.Height - 1) / 2) : reach;
        float beyond = isWhole ? float.NegativeInfinity : float.PositiveInfinity;
        Plane least = Along(Along(ink, across, minimum: true, beyond).Transposed(), down, minimum: true, beyond);
        return Along(Along(least, down, minimum: false, float.NegativeInfinity).Transposed(), across, minimum: false, float.NegativeInfinity);
    }

    private static Plane Transposed(this Plane plane)
    {
        var result = new Plane(plane.Height, plane.Width);
        for (int y = 0; y < plane.Height; y++)
        {
            for (int x = 0; x < plane.Width; x++)
                result.Values[x * plane.Height + y] = plane.Values[y * plane.Width + x];
        }

        return result;
    }

    /// <summary>The extreme of 2·reach + 1 pixels of a row, from extremes of prefixes and suffixes of blocks of that length.</summary>
    private static Plane Along(Plane plane, int reach, bool minimum, float beyond)
    {
        int width = plane.Width, window = 2 * reach + 1, padded = width + 2 * reach;
        padded = (padded + window - 1) / window * window;
        float[] prefix = new float[padded], suffix = new float[padded], line = new float[padded];
        var result = new Plane(width, plane.Height);
        for (int y = 0; y < plane.Height; y++)
        {
            Array.Fill(line, beyond);
            plane.Values.AsSpan(y * width, width).CopyTo(line.AsSpan(reach));
            for (int i = 0; i < padded; i++)
                prefix[i] = i % window == 0 ? line[i] : Choose(prefix[i - 1], line[i], minimum);
            for (int i = padded - 1; i >= 0; i--)
                suffix[i] = i % window == window - 1 ? line[i] : Choose(suffix[i + 1], line[i], minimum);
            for (int x = 0; x < width; x++)
                result.Values[y * width + x] = Choose(suffix[x], prefix[x + window - 1], minimum);
        }

        return result;
    }

    private static float Choose(float a, float b, bool minimum) => minimum ? (a < b ? a : b) : a > b ? a : b;
}
