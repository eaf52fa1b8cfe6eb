namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>Samples of which most features are zero, in three forms: all dense, all sparse, and the first columns dense.</summary>
internal sealed class SparseSamples
{
    /// <param name="count">Number of samples; every fifth has no feature but zeros, and so has each of the first <paramref name="emptyRows"/>.</param>
    /// <param name="columns">Number of features.</param>
    /// <param name="denseColumns">How many of them are dense in the mixed form.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="emptyRows">Samples at the beginning that have no feature but zeros.</param>
    public SparseSamples(int count, int columns, int denseColumns, int classCount, ulong seed, int emptyRows = 0)
    {
        (Count, Columns, DenseColumns, ClassCount) = (count, columns, denseColumns, classCount);
        Features = new float[count * columns];
        var random = new RandomSource(seed);
        for (int i = 0; i < Features.Length; i++)
        {
            int row = i / columns;
            if (row % 5 != 4 && row >= emptyRows && random.Uniform(3 * (ulong)i) < 0.15)
                Features[i] = (float)(2 * random.Uniform(3 * (ulong)i + 1) - 1);
        }

        Labels = TestValues.Labels(count, classCount, seed + 1);
        Weights = TestValues.Uniform(count, seed + 2, 0, 2);
        Targets = TestValues.Uniform(count * classCount, seed + 3);
    }

    public int Count { get; }

    public int Columns { get; }

    public int DenseColumns { get; }

    public int ClassCount { get; }

    public float[] Features { get; }

    public int[] Labels { get; }

    public float[] Weights { get; }

    public float[] Targets { get; }

    public Dataset Dense => Dataset.FromArrays(Features, [Columns], Labels, ClassCount);

    public Dataset Sparse => Make(0);

    public Dataset Mixed => Make(DenseColumns);

    public Dataset DenseTargets => Dataset.FromTargets(Features, [Columns], Targets, ClassCount);

    public Dataset MixedTargets
    {
        get
        {
            (int[] offsets, int[] columns, float[] values, float[] dense) = Parts(DenseColumns);
            return Dataset.FromSparse(offsets, columns, values, Columns - DenseColumns, Targets, ClassCount, dense);
        }
    }

    /// <summary>The stored values of the columns after some dense ones, and these.</summary>
    public (int[] Offsets, int[] Columns, float[] Values, float[] Dense) Parts(int denseColumns)
    {
        List<int> offsets = [0], columns = [];
        List<float> values = [], dense = [];
        for (int row = 0; row < Count; row++)
        {
            Span<float> features = Features.AsSpan(row * Columns, Columns);
            dense.AddRange(features[..denseColumns]);
            for (int column = denseColumns; column < Columns; column++)
            {
                if (features[column] == 0)
                    continue;
                columns.Add(column - denseColumns);
                values.Add(features[column]);
            }

            offsets.Add(columns.Count);
        }

        return ([.. offsets], [.. columns], [.. values], [.. dense]);
    }

    private Dataset Make(int denseColumns)
    {
        (int[] offsets, int[] columns, float[] values, float[] dense) = Parts(denseColumns);
        return Dataset.FromSparse(offsets, columns, values, Columns - denseColumns, Labels, ClassCount, denseColumns == 0 ? null : dense);
    }
}
