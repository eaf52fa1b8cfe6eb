namespace NeuralNetFromScratch.Images;

/// <summary>
/// Whether ink is lighter than its ground. Ink is what differs from most of its surroundings, to one side. To which says the third moment of the
/// differences from local means, over two widths, where the edges of shadows and sheets cancel out; and of the differences from the middle value of the
/// image's rim, for strokes wider than that.
/// </summary>
internal static class InkPolarity
{
    private const int RimShare = 16, Bins = 2048;

    private const float Lowest = 256, BinsPerLevel = 4;

    private const double RimWeight = 0.5, RimTolerance = 0.15;

    private static ReadOnlySpan<int> Widths => [10, 16];

    public static bool IsLight(Plane grey)
    {
        int side = Math.Max(grey.Width, grey.Height);
        double sum = 0;
        foreach (int width in Widths)
        {
            Plane mean = grey.BoxMean(Math.Max(2, side / width));
            double cubes = 0, sizes = 0;
            for (int i = 0; i < grey.Values.Length; i++)
                Add(grey.Values[i] - mean.Values[i], ref cubes, ref sizes);
            sum += sizes > 0 ? cubes / sizes : 0;
        }

        int[] histogram = Histogram(grey);
        int few = grey.Values.Length / 50;
        float rim = RimMedian(grey), middle = Ranked(histogram, grey.Values.Length / 2);
        float range = Ranked(histogram, grey.Values.Length - 1 - few) - Ranked(histogram, few);
        // A rim that differs from the median is not background, but for example the table around a sheet.
        if (Math.Abs(rim - middle) > RimTolerance * range)
            return sum > 0;
        double rimCubes = 0, rimSizes = 0;
        foreach (float value in grey.Values)
            Add(value - rim, ref rimCubes, ref rimSizes);
        return sum + (rimSizes > 0 ? RimWeight * rimCubes / rimSizes : 0) > 0;
    }

    private static void Add(double difference, ref double cubes, ref double sizes)
    {
        double cube = difference * difference * difference;
        cubes += cube;
        sizes += Math.Abs(cube);
    }

    /// <summary>Along an axis of colors an image has values from −255 to 255.</summary>
    private static int[] Histogram(Plane grey)
    {
        var histogram = new int[Bins];
        foreach (float value in grey.Values)
            histogram[Math.Clamp((int)((value + Lowest) * BinsPerLevel), 0, Bins - 1)]++;
        return histogram;
    }

    /// <summary>Returns a quantile.</summary>
    private static float Ranked(int[] histogram, int rank)
    {
        int bin = 0;
        for (int count = histogram[0]; count <= rank && bin < Bins - 1; count += histogram[bin])
            bin++;
        return bin / BinsPerLevel - Lowest;
    }

    private static float RimMedian(Plane grey)
    {
        int reach = Math.Max(1, Math.Min(grey.Width, grey.Height) / RimShare);
        var values = new List<float>();
        for (int y = 0; y < grey.Height; y++)
        {
            bool isRimRow = y < reach || y >= grey.Height - reach;
            for (int x = 0; x < grey.Width; x++)
            {
                if (isRimRow || x < reach || x >= grey.Width - reach)
                    values.Add(grey.Values[y * grey.Width + x]);
            }
        }

        values.Sort();
        return values[values.Count / 2];
    }
}
