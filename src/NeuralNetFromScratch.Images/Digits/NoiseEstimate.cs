namespace NeuralNetFromScratch.Images;

/// <summary>
/// The deviation of an image's noise: the median of what a Laplacian leaves, which straight edges and even slopes do not change (after Immerkær
/// 1996, who takes the mean).
/// </summary>
internal static class NoiseEstimate
{
    /// <summary>The median of |x| of normally distributed values of deviation 1; the Laplacian has the deviation 6.</summary>
    private const float MedianOfNormal = 0.6745f, LaplacianDeviation = 6;

    private const int Bins = 512;

    public static float Deviation(Plane plane)
    {
        int width = plane.Width;
        if (width < 3 || plane.Height < 3)
            return 0;
        var histogram = new int[Bins];
        ReadOnlySpan<float> v = plane.Values;
        for (int y = 1; y < plane.Height - 1; y++)
        {
            for (int i = y * width + 1; i < y * width + width - 1; i++)
            {
                float laplacian = v[i - width - 1] + v[i - width + 1] + v[i + width - 1] + v[i + width + 1]
                    - 2 * (v[i - 1] + v[i + 1] + v[i - width] + v[i + width]) + 4 * v[i];
                histogram[Math.Min((int)Math.Abs(laplacian), Bins - 1)]++;
            }
        }

        int half = (width - 2) * (plane.Height - 2) / 2, count = 0, bin = 0;
        while (bin < Bins - 1 && (count += histogram[bin]) <= half)
            bin++;
        return bin / (MedianOfNormal * LaplacianDeviation);
    }
}
