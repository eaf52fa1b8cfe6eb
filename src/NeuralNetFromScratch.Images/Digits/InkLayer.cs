namespace NeuralNetFromScratch.Images;

/// <summary>
/// The height of pixels above the background of an image: how much, and which of it is ink. The ink's level is the mean of the upper of two classes (Otsu 1979) of
/// all that rises above the noise, so that faint rulings beside a darker pen do not count.
/// </summary>
internal sealed class InkLayer
{
    /// <summary>The ground's window reaches this share of the longer side to each side: wider than a stroke, narrower than a shadow.</summary>
    private const float GroundReach = 0.13f;

    /// <summary>The fraction of the ink level from which a pixel is ink.</summary>
    private const float InkShare = 0.45f;

    private const int MaxSmoothings = 4;

    private const float NoiseAllowed = 8, NoiseDeviations = 5, NoiseLeftByASmoothing = 0.5f, Bright = 200, MaxAmplification = 3, MostPixels = 0.75f;

    private InkLayer(Plane height, bool[] mask, float threshold) => (Height, Mask, Threshold) = (height, mask, threshold);

    /// <summary>The height of each pixel above the background.</summary>
    public Plane Height { get; }

    /// <summary>The mask of the ink; null if there is no ink.</summary>
    public bool[] Mask { get; }

    /// <summary>The height from which a pixel is ink.</summary>
    public float Threshold { get; }

    /// <returns>The ink; null if no pixel is above the noise.</returns>
    public static InkLayer? Of(Plane grey, bool isLight, bool isBrightness, bool isEnlarged, float noise, float minContrast)
    {
        var ink = new Plane(grey.Width, grey.Height);
        for (int i = 0; i < ink.Values.Length; i++)
            ink.Values[i] = isLight ? grey.Values[i] : -grey.Values[i];
        for (int i = 0; i < MaxSmoothings && noise > NoiseAllowed; i++, noise *= NoiseLeftByASmoothing)
            ink = ink.Smoothed();
        Plane light = Illumination.Under(ink);
        for (int i = 0; i < ink.Values.Length; i++)
            ink.Values[i] -= light.Values[i];
        Plane ground = Background.Under(ink, (int)(GroundReach * Math.Max(grey.Width, grey.Height)) + 1, isWhole: isEnlarged);
        var height = new Plane(grey.Width, grey.Height);
        for (int i = 0; i < height.Values.Length; i++)
        {
            float rise = ink.Values[i] - ground.Values[i];
            // In the shade ink differs less from paper than in the light, in proportion.
            if (!isLight && isBrightness)
                rise *= Math.Clamp(Bright / Math.Max(-ground.Values[i] - light.Values[i], 1), 1, MaxAmplification);
            height.Values[i] = rise;
        }

        // An opening is the lowest that noise goes, not its middle.
        (float middle, float deviation) = GroundNoise(height.Values);
        for (int i = 0; i < height.Values.Length; i++)
            height.Values[i] = Math.Max(0, height.Values[i] - middle);
        float least = Math.Max(minContrast, NoiseDeviations * Math.Max(noise, deviation));
        if (UpperMean(height.Values, least) is not { } level)
            return null;
        float threshold = Math.Max(least, InkShare * level);
        bool[] mask = [.. height.Values.Select(value => value >= threshold)];
        int count = mask.Count(isInk => isInk);
        return count == 0 || count > MostPixels * mask.Length ? null : new(height, mask, threshold);
    }

    /// <summary>
    /// Mean and deviation of normally distributed noise, from the tenth and the thirtieth of a hundred values in order: ink may cover two thirds.
    /// </summary>
    private static (float Middle, float Deviation) GroundNoise(float[] values)
    {
        const float Low = 1.2816f, High = 0.5244f;
        const int Bins = 4096;
        const float BinsPerLevel = 8;
        var histogram = new int[Bins];
        foreach (float value in values)
            histogram[Math.Min((int)(value * BinsPerLevel), Bins - 1)]++;
        float low = Quantile(values.Length / 10), high = Quantile(values.Length * 3 / 10), deviation = (high - low) / (Low - High);
        return (high + High * deviation, deviation);

        float Quantile(int rank)
        {
            int bin = 0;
            for (int count = histogram[0]; count <= rank && bin < Bins - 1; count += histogram[bin])
                bin++;
            return bin / BinsPerLevel;
        }
    }

    /// <summary>Otsu's upper class of the values above a least one: its mean.</summary>
    private static float? UpperMean(float[] values, float least)
    {
        const int Bins = 1024;
        var histogram = new int[Bins];
        long count = 0;
        double sum = 0;
        foreach (float value in values)
        {
            if (value < least)
                continue;
            int bin = Math.Min((int)value, Bins - 1);
            histogram[bin]++;
            count++;
            sum += bin;
        }

        if (count == 0)
            return null;
        double below = 0, best = -1, mean = sum / count;
        long lower = 0;
        for (int bin = (int)least; bin < Bins; bin++)
        {
            if (histogram[bin] == 0)
                continue;
            lower += histogram[bin];
            below += (double)bin * histogram[bin];
            long upper = count - lower;
            if (upper == 0)
                break;
            double difference = (sum - below) / upper - below / lower, between = (double)lower * upper * difference * difference;
            if (between > best)
                (best, mean) = (between, (sum - below) / upper);
        }

        return (float)mean + 0.5f;
    }
}
