using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>The predicted class.</summary>
internal static class Argmax
{
    /// <summary>The index of the largest value, the first of several; −1 where there is none, as among NaN alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Of(ReadOnlySpan<float> values)
    {
        int best = -1;
        float largest = float.NegativeInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] > largest || (best < 0 && values[i] == largest))
                (best, largest) = (i, values[i]);
        }

        return best;
    }

    /// <summary>Whether <see cref="Of"/> would be this index, without a branch that depends on the values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Is(int index, ReadOnlySpan<float> values)
    {
        float chosen = values[index];
        bool isLargest = !float.IsNaN(chosen);
        foreach (float before in values[..index])
            isLargest &= !(before >= chosen);
        foreach (float after in values[(index + 1)..])
            isLargest &= !(after > chosen);
        return isLargest;
    }
}
