namespace NeuralNetFromScratch.Images;

/// <summary>
/// Takes rulings and squares out of a mask: straight lines from edge to edge, level or upright within seven degrees, found by a Hough transform
/// (Duda and Hart 1972). Where a stroke crosses a line, the mask is higher than the line, and stays.
/// </summary>
internal static class RulingRemoval
{
    private const float MaxSlope = 0.125f, LeastShare = 0.65f, LeastExtent = 0.1f, EndShare = 0.08f, MaxThicknessShare = 0.04f, CrossingFactor = 1.6f;

    private const int ColumnStep = 2, Drift = 3;

    /// <summary>Takes the lines out, both ways.</summary>
    /// <returns>The mask without them, and their number.</returns>
    public static (bool[] Mask, int Lines) Remove(bool[] mask, int width, int height)
    {
        bool[] without = (bool[])mask.Clone();
        int level = RemoveLevel(without, width, height, 1, width);
        // Where lines cross, the level ones stay as long as the upright ones are there.
        int upright = RemoveLevel(without, height, width, width, 1);
        return (without, level + upright);
    }

    /// <summary>Lines along x, whose pixels lie a stride apart.</summary>
    private static int RemoveLevel(bool[] mask, int width, int height, int xStride, int yStride)
    {
        int maxThickness = Math.Max(2, (int)(MaxThicknessShare * Math.Max(width, height))), reach = (int)(MaxSlope * width), lines = 0;
        (short[] starts, short[] lengths) = Runs(mask, width, height, xStride, yStride);
        int[,] votes = Votes(mask, lengths, width, height, xStride, yStride, reach, maxThickness);
        var done = new bool[votes.GetLength(1)];
        int mainSlope = -1;
        while (true)
        {
            (int best, int slope, int offset) = (0, 0, 0);
            for (int s = 0; s < votes.GetLength(0); s++)
            {
                // Once a line has been found, others parallel to it may leave the image above or below.
                bool isParallel = mainSlope >= 0 && Math.Abs(s - mainSlope) <= 1;
                for (int o = 0; o < votes.GetLength(1) - 1; o++)
                {
                    int both = votes[s, o] + votes[s, o + 1];
                    if (done[o] || both <= best)
                        continue;
                    int columns = isParallel ? Extent(o - reach, s * 2 - reach, width, height) : width;
                    if (columns >= LeastExtent * width && both >= LeastShare * columns / ColumnStep)
                        (best, slope, offset) = (both, s, o);
                }
            }

            if (best == 0)
                return lines;
            mainSlope = mainSlope < 0 ? slope : mainSlope;
            int thickness = RemoveLine(mask, starts, lengths, width, height, xStride, yStride, (slope * 2 - reach) / (float)width, offset - reach, maxThickness);
            lines += thickness > 0 ? 1 : 0;
            for (int o = Math.Max(0, offset - thickness - Drift); o <= Math.Min(done.Length - 1, offset + thickness + Drift); o++)
                done[o] = true;
        }
    }

    /// <summary>In how many columns a line is within the image.</summary>
    private static int Extent(int left, int rise, int width, int height)
    {
        int right = left + rise;
        if (left >= 0 && left < height && right >= 0 && right < height)
            return width;
        if (rise == 0)
            return 0;
        float a = Math.Clamp(-left / (float)rise, 0, 1), b = Math.Clamp((height - 1 - left) / (float)rise, 0, 1);
        return (int)(Math.Abs(b - a) * width);
    }

    /// <summary>Where the run across the lines begins that each pixel is in, and its length.</summary>
    private static (short[] Starts, short[] Lengths) Runs(bool[] mask, int width, int height, int xStride, int yStride)
    {
        short[] starts = new short[mask.Length], lengths = new short[mask.Length];
        for (int x = 0; x < width; x++)
        {
            for (int y = 0; y < height;)
            {
                if (!mask[x * xStride + y * yStride])
                {
                    y++;
                    continue;
                }

                int end = y;
                while (end < height && mask[x * xStride + end * yStride])
                    end++;
                for (int inside = y; inside < end; inside++)
                    (starts[x * xStride + inside * yStride], lengths[x * xStride + inside * yStride]) = ((short)y, (short)(end - y));
                y = end;
            }
        }

        return (starts, lengths);
    }

    /// <summary>For each slope, two pixels of height over the width apart, and each height at the left edge: the columns with a thin run there.</summary>
    private static int[,] Votes(bool[] mask, short[] lengths, int width, int height, int xStride, int yStride, int reach, int maxThickness)
    {
        var votes = new int[reach + 1, height + 2 * reach];
        for (int x = 0; x < width; x += ColumnStep)
        {
            for (int y = 0; y < height; y++)
            {
                int pixel = x * xStride + y * yStride;
                if (!mask[pixel] || lengths[pixel] > maxThickness)
                    continue;
                for (int s = 0; s <= reach; s++)
                    votes[s, y + reach - (s * 2 - reach) * x / width]++;
            }
        }

        return votes;
    }

    /// <summary>Takes the runs of a line out that are as thin as most of them.</summary>
    /// <returns>The line's thickness; 0 where it is none from edge to edge.</returns>
    private static int RemoveLine(
        bool[] mask, short[] starts, short[] lengths, int width, int height, int xStride, int yStride, float slope, int offset, int maxThickness)
    {
        var places = new List<(int X, int Start, int Length)>();
        for (int x = 0; x < width; x++)
        {
            int expected = (int)MathF.Floor(offset + slope * x + 0.5f);
            for (int away = 0; away <= 2 * Drift; away++)
            {
                int y = expected + (away % 2 == 0 ? away / 2 : -(away + 1) / 2);
                if ((uint)y >= (uint)height || lengths[x * xStride + y * yStride] == 0)
                    continue;
                places.Add((x, starts[x * xStride + y * yStride], lengths[x * xStride + y * yStride]));
                break;
            }
        }

        int end = Math.Max(2, (int)(EndShare * width)), extent = Extent(offset, (int)(slope * width), width, height);
        if (places.Count == 0 || (extent == width && (places[0].X > end || places[^1].X < width - 1 - end)))
            return 0;
        int[] sorted = [.. places.Select(place => place.Length).Order()];
        int thickness = sorted[sorted.Length / 2];
        if (thickness > maxThickness)
            return 0;
        foreach ((int x, int start, int length) in places)
        {
            if (length > CrossingFactor * thickness + 1.5f)
                continue;
            for (int y = start; y < start + length; y++)
                mask[x * xStride + y * yStride] = false;
        }

        return thickness;
    }
}
