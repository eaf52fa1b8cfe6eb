using System.Globalization;
using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>Finds the sample that made a loss NaN or infinite.</summary>
internal static class NonFinite
{
    /// <summary>The text of a message if no sample has such a value.</summary>
    public const string Nowhere = "all features of its samples are finite; the learning rate may be too high";

    /// <summary>Describes the first sample that has a value which is not finite; null if there is none.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="indices">The samples of the step, in their order.</param>
    public static string? Find(Dataset data, ReadOnlySpan<int> indices)
    {
        float[] features = new float[data.SampleShape.ElementCount], target = new float[data.TargetLength];
        foreach (int index in indices)
        {
            data.CopyFeatures(index, features);
            if (data.TargetLength > 0)
                data.CopyTarget(index, target);
            int feature = Find(features), place = Find(target);
            if (feature >= 0)
                return string.Create(CultureInfo.InvariantCulture, $"sample {SubsetDataset.SourceIndex(data, index)} is the first whose features are not finite: feature {feature} is {features[feature]}");
            if (place >= 0)
                return string.Create(CultureInfo.InvariantCulture, $"sample {SubsetDataset.SourceIndex(data, index)} is the first whose target is not finite: value {place} is {target[place]}");
        }

        return null;
    }

    /// <summary>Whether all features of a batch are finite.</summary>
    public static bool IsFree(BatchView inputs) => IsFree(inputs.Dense.Columns == 0 ? [] : inputs.Dense.Span) && IsFree(inputs.Sparse.StoredValues);

    /// <summary>Whether all values are finite. An empty span is handled here, because <see cref="TensorPrimitives"/> returns false for it.</summary>
    private static bool IsFree(ReadOnlySpan<float> values) => values.IsEmpty || TensorPrimitives.IsFiniteAll(values);

    private static int Find(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return -1;
    }
}
