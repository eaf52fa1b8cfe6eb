using System.Globalization;
using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>Says which sample made a loss NaN or infinite.</summary>
internal static class NonFinite
{
    /// <summary>The first of some samples that has a number which is not finite, in words; or that none has.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="indices">Those of the step, in their order.</param>
    public static string Describe(Dataset data, ReadOnlySpan<int> indices)
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

        return "the features of all samples in it are finite, so that the learning rate may be too high";
    }

    /// <summary>Whether all features of a batch are finite.</summary>
    public static bool IsFree(BatchView inputs) => IsFree(inputs.Dense.Columns == 0 ? [] : inputs.Dense.Span) && IsFree(inputs.Sparse.StoredValues);

    /// <summary>No values are free of any; <see cref="TensorPrimitives"/> says otherwise.</summary>
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
