namespace NeuralNetFromScratch;

/// <summary>The check that every use of class labels begins with.</summary>
internal static class Labels
{
    public static void ThrowIfOutside(ReadOnlySpan<int> labels, int classes)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
                throw new ArgumentOutOfRangeException(nameof(labels), labels[i], $"label {i} must be 0 to {classes - 1}");
        }
    }
}
