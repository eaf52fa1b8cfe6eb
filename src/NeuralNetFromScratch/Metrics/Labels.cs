using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>The check that every use of class labels begins with.</summary>
internal static class Labels
{
    public static void ThrowIfOutside(ReadOnlySpan<int> labels, int classCount)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classCount)
                throw Outside(i, labels[i], classCount, nameof(labels));
        }
    }

    /// <summary>The error for a label that is none of the classes.</summary>
    public static ArgumentOutOfRangeException Outside(int index, int label, int classCount, string? parameter = null) =>
        new(parameter, string.Create(CultureInfo.InvariantCulture, $"label {index} must be 0 to {classCount - 1}, got {label}"));
}
