using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Checks and copies feature tables, which have one sample in each row.</summary>
internal static class FeatureTable
{
    /// <summary>Copies the samples into one array, one after another.</summary>
    /// <exception cref="ArgumentException">A sample is null or has a different number of features than the first.</exception>
    public static float[] Of(IReadOnlyList<float[]> features, out int columns)
    {
        ArgumentNullException.ThrowIfNull(features);
        for (int row = 0; row < features.Count; row++)
        {
            if (features[row] is null)
                throw new ArgumentException($"sample {row} is null", nameof(features));
        }

        columns = features.Count == 0 ? 0 : features[0].Length;
        var table = new float[Guard.Length(features.Count, columns)];
        for (int row = 0; row < features.Count; row++)
        {
            if (features[row].Length != columns)
                throw new ArgumentException($"sample {row} has {features[row].Length} features, the first has {columns}", nameof(features));
            features[row].CopyTo(table, row * columns);
        }

        return table;
    }

    /// <exception cref="ArgumentException">
    /// There are no samples or features, the number of labels differs from the number of samples, the number of features differs from that of the
    /// network, or a feature is not finite.
    /// </exception>
    public static void Check(ReadOnlyMatrixView features, int labels, Sequential? network)
    {
        if (features.Rows == 0 || features.Columns == 0)
            throw new ArgumentException($"expected samples with features, got [{features.Rows}, {features.Columns}]", nameof(features));
        if (labels != features.Rows)
            throw new ArgumentException($"expected {features.Rows} labels, one for each sample, got {labels}", nameof(labels));
        if (network is not null && network.InputShape.ElementCount != features.Columns)
            throw new ArgumentException($"expected {network.InputShape.ElementCount} features, got {features.Columns}", nameof(features));
        for (int row = 0; row < features.Rows; row++)
        {
            for (int column = 0; column < features.Columns; column++)
            {
                if (!float.IsFinite(features[row, column]))
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"feature {column} of sample {row} is {features[row, column]}"), nameof(features));
            }
        }
    }

    /// <summary>Computes the mean and standard deviation of each feature in double precision.</summary>
    public static (float[] Means, float[] Deviations) Statistics(ReadOnlyMatrixView features)
    {
        var means = new float[features.Columns];
        var deviations = new float[features.Columns];
        for (int column = 0; column < features.Columns; column++)
        {
            double sum = 0, squares = 0;
            for (int row = 0; row < features.Rows; row++)
                sum += features[row, column];
            double mean = sum / features.Rows;
            for (int row = 0; row < features.Rows; row++)
                squares += (features[row, column] - mean) * (features[row, column] - mean);
            means[column] = (float)mean;
            deviations[column] = (float)Math.Sqrt(squares / features.Rows);
        }

        return (means, deviations);
    }
}
