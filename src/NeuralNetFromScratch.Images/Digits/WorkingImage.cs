namespace NeuralNetFromScratch.Images;

/// <summary>
/// A part of an image at a size that is quick to work with and still shows a thin stroke: reduced by whole-number means of blocks, or enlarged by
/// cubic interpolation; what is transparent lies on a ground of one color. All arithmetic is the library's own, in fixed order.
/// </summary>
internal sealed class WorkingImage
{
    /// <summary>The longest side that is worked with, and the shortest that needs no enlargement.</summary>
    public const int MaxSide = 400, MinSide = 112;

    private const float Opaque = 255;

    private WorkingImage(PixelRegion region, Plane[] channels, float scale) => (Region, Channels, Scale) = (region, channels, scale);

    /// <summary>The part of the image that this is.</summary>
    public PixelRegion Region { get; }

    /// <summary>Red, green and blue, 0 to 255.</summary>
    public Plane[] Channels { get; }

    /// <summary>Working pixels in a pixel of the image.</summary>
    public float Scale { get; }

    public int Width => Channels[0].Width;

    public int Height => Channels[0].Height;

    /// <summary>The deviation of the noise of the brightest changing channel, as measured before an enlargement.</summary>
    public float NoiseDeviation { get; private init; }

    public static WorkingImage Of(RgbaImage image, PixelRegion region)
    {
        int divisor = (region.LongSide + MaxSide - 1) / MaxSide;
        Plane[] reduced = Flattened(Reduced(image, region, divisor));
        float noise = reduced.Max(NoiseEstimate.Deviation);
        int factor = divisor > 1 ? 1 : (MinSide + region.LongSide - 1) / region.LongSide;
        Plane[] channels = factor > 1 ? [.. reduced.Select(plane => Enlarged(plane, factor))] : reduced;
        return new(region, channels, factor > 1 ? factor : 1f / divisor) { NoiseDeviation = noise };
    }

    /// <summary>A region of this image in the image it comes from.</summary>
    public PixelRegion InImage(PixelRegion own)
    {
        int x = (int)(own.X / Scale), y = (int)(own.Y / Scale);
        int right = (int)MathF.Ceiling(own.Right / Scale), bottom = (int)MathF.Ceiling(own.Bottom / Scale);
        return new(Region.X + x, Region.Y + y, right - x, bottom - y);
    }

    /// <summary>Means of blocks: red, green and blue weighted by alpha, and alpha.</summary>
    private static Plane[] Reduced(RgbaImage image, PixelRegion region, int divisor)
    {
        int width = (region.Width + divisor - 1) / divisor, height = (region.Height + divisor - 1) / divisor;
        Plane[] planes = [new(width, height), new(width, height), new(width, height), new(width, height)];
        var sums = new long[width * 4];
        for (int y = 0; y < height; y++)
        {
            Array.Clear(sums);
            int first = region.Y + y * divisor, rows = Math.Min(divisor, region.Bottom - first);
            for (int row = first; row < first + rows; row++)
                AddRow(image.Pixels.Slice((row * image.Width + region.X) * 4, region.Width * 4), divisor, sums);
            for (int x = 0; x < width; x++)
            {
                int columns = Math.Min(divisor, region.Width - x * divisor);
                long alpha = sums[x * 4 + 3];
                for (int channel = 0; channel < 3; channel++)
                    planes[channel].Values[y * width + x] = alpha == 0 ? 0 : sums[x * 4 + channel] / (float)alpha;
                planes[3].Values[y * width + x] = alpha / (float)(rows * columns);
            }
        }

        return planes;
    }

    private static void AddRow(ReadOnlySpan<byte> row, int divisor, Span<long> sums)
    {
        for (int block = 0, pixel = 0; pixel < row.Length; block += 4)
        {
            int red = 0, green = 0, blue = 0, alpha = 0;
            for (int end = Math.Min(pixel + divisor * 4, row.Length); pixel < end; pixel += 4)
            {
                int weight = row[pixel + 3];
                red += row[pixel] * weight;
                green += row[pixel + 1] * weight;
                blue += row[pixel + 2] * weight;
                alpha += weight;
            }

            sums[block] += red;
            sums[block + 1] += green;
            sums[block + 2] += blue;
            sums[block + 3] += alpha;
        }
    }

    /// <summary>
    /// Lays an image on one color: that which most of it has where little is transparent, as with rounded corners; otherwise black or white,
    /// whichever differs more from what can be seen.
    /// </summary>
    private static Plane[] Flattened(Plane[] planes)
    {
        float[] alpha = planes[3].Values;
        double visible = 0;
        double[] mean = new double[3];
        for (int i = 0; i < alpha.Length; i++)
        {
            visible += alpha[i];
            for (int channel = 0; channel < 3; channel++)
                mean[channel] += planes[channel].Values[i] * alpha[i];
        }

        Plane[] colours = planes[..3];
        if (visible >= Opaque * (double)alpha.Length)
            return colours;
        float[] ground = new float[3];
        if (visible > 0.7 * Opaque * alpha.Length)
            ground = [.. colours.Select(plane => Median(plane, alpha))];
        else
            Array.Fill(ground, mean.Sum() < visible * 3 * 127.5 ? Opaque : 0);
        for (int channel = 0; channel < 3; channel++)
        {
            float[] values = colours[channel].Values;
            for (int i = 0; i < values.Length; i++)
                values[i] += (ground[channel] - values[i]) * (1 - alpha[i] / Opaque);
        }

        return colours;
    }

    private static float Median(Plane plane, float[] alpha)
    {
        float[] values = [.. plane.Values.Where((_, i) => alpha[i] > Opaque / 2).Order()];
        return values.Length == 0 ? 0 : values[values.Length / 2];
    }

    /// <summary>Enlarges by an integer factor with cubic interpolation (Keys 1981). Pixel centers keep their positions.</summary>
    private static Plane Enlarged(Plane plane, int factor)
    {
        int width = plane.Width * factor, height = plane.Height * factor;
        var across = new float[width * plane.Height];
        for (int y = 0; y < plane.Height; y++)
        {
            for (int x = 0; x < width; x++)
                across[y * width + x] = Cubic(plane.Values.AsSpan(y * plane.Width), 1, plane.Width, x, factor);
        }

        var result = new Plane(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                result.Values[y * width + x] = Cubic(across.AsSpan(x), width, plane.Height, y, factor);
        }

        return result;
    }

    private static float Cubic(ReadOnlySpan<float> line, int stride, int length, int place, int factor)
    {
        float centre = Math.Clamp((place + 0.5f) / factor - 0.5f, 0, length - 1);
        int second = (int)centre, third = Math.Min(second + 1, length - 1);
        float t = centre - second, b = line[second * stride], c = line[third * stride];
        float a = line[Math.Max(second - 1, 0) * stride], d = line[Math.Min(third + 1, length - 1) * stride];
        return Math.Clamp(b + 0.5f * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))), 0, Opaque);
    }
}
