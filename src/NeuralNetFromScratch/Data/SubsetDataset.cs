namespace NeuralNetFromScratch;

/// <summary>Some samples of another data set.</summary>
internal sealed class SubsetDataset(Dataset source, int[] indices) : Dataset
{
    /// <summary>Indices that are looked up at a time, on the stack.</summary>
    private const int ChunkRows = 256;

    private Dataset Source => source;

    private int[] Indices => indices;

    public override int Count => indices.Length;

    public override Shape SampleShape => source.SampleShape;

    public override int SparseColumnCount => source.SparseColumnCount;

    public override int ClassCount => source.ClassCount;

    public override int TargetLength => source.TargetLength;

    public override bool HasWeights => source.HasWeights;

    /// <summary>The number that a sample has where the samples come from, for messages.</summary>
    public static int SourceIndex(Dataset data, int index) => data switch
    {
        SubsetDataset subset => SourceIndex(subset.Source, subset.Indices[index]),
        WeightedDataset weighted => SourceIndex(weighted.Source, index),
        _ => index,
    };

    public override int GetLabel(int index) => source.GetLabel(Guard.At(indices, index));

    public override float GetWeight(int index) => source.GetWeight(Guard.At(indices, index));

    public override int GetSparseLength(int index) => source.GetSparseLength(Guard.At(indices, index));

    public override void CopyFeatures(int index, Span<float> features) => source.CopyFeatures(Guard.At(indices, index), features);

    public override void CopyTarget(int index, Span<float> target) => source.CopyTarget(Guard.At(indices, index), target);

    public override void Gather(ReadOnlySpan<int> rows, in BatchDestination destination)
    {
        Span<int> chunk = stackalloc int[Math.Min(rows.Length, ChunkRows)];
        for (int start = 0; start < rows.Length; start += ChunkRows)
        {
            int count = Math.Min(ChunkRows, rows.Length - start);
            for (int i = 0; i < count; i++)
                chunk[i] = indices[rows[start + i]];
            source.Gather(chunk[..count], destination.SliceRows(start, count));
        }
    }
}

/// <summary>The samples of another data set, with weights.</summary>
internal sealed class WeightedDataset(Dataset source, float[] weights) : Dataset
{
    internal Dataset Source => source;

    public override int Count => source.Count;

    public override Shape SampleShape => source.SampleShape;

    public override int SparseColumnCount => source.SparseColumnCount;

    public override int ClassCount => source.ClassCount;

    public override int TargetLength => source.TargetLength;

    public override bool HasWeights => true;

    public override int GetLabel(int index) => source.GetLabel(index);

    public override float GetWeight(int index) => Guard.At(weights, index);

    public override int GetSparseLength(int index) => source.GetSparseLength(index);

    public override void CopyFeatures(int index, Span<float> features) => source.CopyFeatures(index, features);

    public override void CopyTarget(int index, Span<float> target) => source.CopyTarget(index, target);

    public override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        source.Gather(indices, destination with { Weights = [] });
        for (int row = 0; row < destination.Weights.Length; row++)
            destination.Weights[row] = weights[indices[row]];
    }
}

/// <summary>A random choice of samples with the classes in proportion.</summary>
internal static class StratifiedChoice
{
    /// <summary>Marks <paramref name="count"/> samples. Each class gives its share, rounded so that the total is exact.</summary>
    public static bool[] Of(Dataset dataset, int count, ulong seed)
    {
        bool hasLabels = dataset.ClassCount > 0;
        List<int>[] members = [.. Enumerable.Range(0, hasLabels ? dataset.ClassCount : 1).Select(_ => new List<int>())];
        for (int index = 0; index < dataset.Count; index++)
        {
            int label = hasLabels ? dataset.GetLabel(index) : 0;
            if ((uint)label >= (uint)members.Length)
                throw Labels.Outside(index, label, members.Length);
            members[label].Add(index);
        }

        int[] quotas = Apportion(count, [.. members.Select(list => list.Count)]);
        var chosen = new bool[dataset.Count];
        for (int label = 0; label < members.Length; label++)
        {
            int[] shuffled = [.. members[label]];
            new RandomSource(seed).Fork((ulong)label).Shuffle(shuffled);
            foreach (int index in shuffled.AsSpan(0, quotas[label]))
                chosen[index] = true;
        }

        return chosen;
    }

    /// <summary>Largest remainders (Hamilton's method): whole parts first, then one more for those that lost most in rounding.</summary>
    private static int[] Apportion(int count, int[] sizes)
    {
        long total = sizes.Sum(size => (long)size);
        if (total == 0)
            return new int[sizes.Length];
        int[] quotas = [.. sizes.Select(size => (int)((long)size * count / total))];
        IEnumerable<int> byRemainder = Enumerable.Range(0, sizes.Length).OrderByDescending(i => (long)sizes[i] * count % total);
        foreach (int i in byRemainder.Take(count - quotas.Sum()))
            quotas[i]++;
        return quotas;
    }
}
