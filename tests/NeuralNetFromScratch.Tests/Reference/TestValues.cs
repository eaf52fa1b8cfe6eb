using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>Values for tests, from a seed.</summary>
internal static class TestValues
{
    public static float[] Uniform(int count, ulong seed, float low = -1, float high = 1)
    {
        var random = new RandomSource(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(low + (high - low) * random.Uniform((ulong)i));
        return values;
    }

    public static int[] Labels(int count, int classes, ulong seed)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, count).Select(i => random.Below((ulong)i, classes))];
    }

    public static float[] Poison(int count)
    {
        var values = new float[count];
        Array.Fill(values, float.NaN);
        return values;
    }

    /// <summary>The exact bits, so that NaN and the sign of zero count.</summary>
    public static int[] Bits(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, int>(values).ToArray();
}
