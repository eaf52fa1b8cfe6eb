namespace NeuralNetFromScratch;

/// <summary>The check that every use of sample weights begins with.</summary>
internal static class SampleWeights
{
    public static void ThrowIfInvalid(ReadOnlySpan<float> weights)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            if (!float.IsFinite(weights[i]) || weights[i] < 0)
                throw new ArgumentException($"weight {i} must be finite and not negative, got {weights[i]}", nameof(weights));
        }
    }
}
