using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>The check that every use of sample weights begins with.</summary>
internal static class SampleWeights
{
    /// <summary>A copy of weights that are finite and not negative.</summary>
    public static float[] Checked(IReadOnlyList<float> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        float[] copy = [.. weights];
        ThrowIfInvalid(copy);
        return copy;
    }

    public static void ThrowIfInvalid(ReadOnlySpan<float> weights)
    {
        for (int i = 0; i < weights.Length; i++)
            ThrowIfInvalid(i, weights[i]);
    }

    /// <param name="index">The sample.</param>
    /// <param name="weight">Its weight.</param>
    public static void ThrowIfInvalid(int index, float weight)
    {
        if (!float.IsFinite(weight) || weight < 0)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"weight {index} must be finite and not negative, got {weight}"));
    }
}
