namespace NeuralNetFromScratch.Tool;

/// <summary>
/// What a pen left on paper that is neither white nor evenly lit: a morphological opening of the picture is its ground (Serra 1982), what rises
/// above it by more than Otsu's threshold (1979) is ink.
/// </summary>
internal static class InkFilter
{
    /// <summary>The opening's window, as a share of the longer side: wider than a stroke, narrower than a shadow.</summary>
    private const int WindowsPerSide = 4;

    /// <summary>What rises less than this above the ground is noise, however even the picture is.</summary>
    private const int LeastInk = 24;

    /// <summary>The ink of a picture in grey, light on dark: 0 where there is none to 255.</summary>
    public static byte[] Extract(ReadOnlySpan<byte> grey, int width, int height)
    {
        int reach = Math.Max(width, height) / WindowsPerSide / 2 + 1;
        byte[] ground = Extreme(Extreme(grey.ToArray(), width, height, reach, Math.Min), width, height, reach, Math.Max);
        var ink = new byte[grey.Length];
        for (int i = 0; i < ink.Length; i++)
            ink[i] = (byte)(grey[i] - ground[i]);
        (int threshold, double level) = Otsu(ink);
        if (level < LeastInk)
            return new byte[ink.Length];
        double low = threshold / 2.0;
        for (int i = 0; i < ink.Length; i++)
            ink[i] = (byte)Math.Clamp((ink[i] - low) / (level - low) * byte.MaxValue, 0, byte.MaxValue);
        return ink;
    }

    /// <summary>The least or the greatest value around each pixel, along rows and then along columns.</summary>
    private static byte[] Extreme(byte[] pixels, int width, int height, int reach, Func<byte, byte, byte> choose)
    {
        byte[] rows = Along(pixels, width, height, 1, width, reach, choose);
        return Along(rows, height, width, width, 1, reach, choose);
    }

    /// <summary>Computes the extreme along lines of a number of pixels at a distance of a step; lines begin at a distance of a stride.</summary>
    private static byte[] Along(byte[] pixels, int length, int lines, int step, int stride, int reach, Func<byte, byte, byte> choose)
    {
        var result = new byte[pixels.Length];
        for (int line = 0; line < lines; line++)
        {
            for (int i = 0; i < length; i++)
            {
                byte extreme = pixels[line * stride + i * step];
                for (int j = Math.Max(0, i - reach); j <= Math.Min(length - 1, i + reach); j++)
                    extreme = choose(extreme, pixels[line * stride + j * step]);
                result[line * stride + i * step] = extreme;
            }
        }

        return result;
    }

    /// <summary>The threshold that divides values into the two most unlike classes, and the mean of the upper one.</summary>
    private static (int Threshold, double UpperMean) Otsu(byte[] values)
    {
        var histogram = new long[byte.MaxValue + 1];
        foreach (byte value in values)
            histogram[value]++;
        double all = 0;
        for (int value = 0; value < histogram.Length; value++)
            all += (double)value * histogram[value];
        double below = 0, best = -1, upperMean = 0;
        long count = 0;
        int threshold = 0;
        for (int value = 0; value < histogram.Length - 1; value++)
        {
            count += histogram[value];
            below += (double)value * histogram[value];
            long rest = values.Length - count;
            if (count == 0 || rest == 0)
                continue;
            double difference = (all - below) / rest - below / count, between = (double)count * rest * difference * difference;
            if (between > best)
                (best, threshold, upperMean) = (between, value + 1, (all - below) / rest);
        }

        return (threshold, upperMean);
    }
}
