namespace NeuralNetFromScratch;

/// <summary>A data set of some samples of another one, in a given order. The samples are read from the other data set on demand.</summary>
public sealed class SubsetDataset : Dataset
{
    /// <summary>The number of indices that are looked up at a time, on the stack.</summary>
    private const int ChunkRows = 256;

    /// <summary>Samples are announced if they are at least one of so many in a row.</summary>
    private const int WidestSpread = 8;

    private readonly Dataset _source;
    private readonly int[] _indices;

    internal SubsetDataset(Dataset source, int[] indices)
    {
        _source = source;
        _indices = indices;
        Indices = Array.AsReadOnly(indices);
    }

    /// <summary>The indices of the samples in the data set from which the subset was created.</summary>
    public IReadOnlyList<int> Indices { get; }

    /// <inheritdoc/>
    public override int Count => _indices.Length;

    /// <inheritdoc/>
    public override Shape SampleShape => _source.SampleShape;

    /// <inheritdoc/>
    public override int SparseColumnCount => _source.SparseColumnCount;

    /// <inheritdoc/>
    public override int ClassCount => _source.ClassCount;

    /// <inheritdoc/>
    public override int? IgnoreLabel => _source.IgnoreLabel;

    /// <inheritdoc/>
    public override int TargetLength => _source.TargetLength;

    /// <inheritdoc/>
    public override bool HasWeights => _source.HasWeights;

    internal override bool AreFeaturesFinite => _source.AreFeaturesFinite;

    /// <summary>Returns the index of a sample in the original data set, for messages.</summary>
    internal static int SourceIndex(Dataset data, int index) => data switch
    {
        SubsetDataset subset => SourceIndex(subset._source, subset._indices[index]),
        WeightedDataset weighted => SourceIndex(weighted.Source, index),
        _ => index,
    };

    /// <inheritdoc/>
    public override string? GetFingerprint() =>
        _source.GetFingerprint() is { } source ? DatasetFingerprint.Combine(source, DatasetFingerprint.OfValues<int>(_indices)) : null;

    /// <inheritdoc/>
    public override int GetLabel(int index) => _source.GetLabel(Guard.At(_indices, index));

    /// <inheritdoc/>
    public override float GetWeight(int index) => _source.GetWeight(Guard.At(_indices, index));

    /// <inheritdoc/>
    public override int GetSparseLength(int index) => _source.GetSparseLength(Guard.At(_indices, index));

    /// <inheritdoc/>
    public override void CopyFeatures(int index, Span<float> features) => _source.CopyFeatures(Guard.At(_indices, index), features);

    /// <inheritdoc/>
    public override void CopyTarget(int index, Span<float> target) => _source.CopyTarget(Guard.At(_indices, index), target);

    /// <summary>Announces the samples to the other data set, if they are close together there.</summary>
    /// <inheritdoc/>
    public override void Announce(int start, int count)
    {
        int least = int.MaxValue, greatest = -1;
        foreach (int index in _indices.AsSpan(start, count))
            (least, greatest) = (Math.Min(least, index), Math.Max(greatest, index));
        if (greatest - (long)least < (long)WidestSpread * count)
            _source.Announce(least, greatest - least + 1);
    }

    /// <inheritdoc/>
    public override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        Span<int> chunk = stackalloc int[Math.Min(indices.Length, ChunkRows)];
        for (int start = 0; start < indices.Length; start += ChunkRows)
        {
            int count = Math.Min(ChunkRows, indices.Length - start);
            for (int i = 0; i < count; i++)
                chunk[i] = _indices[indices[start + i]];
            _source.Gather(chunk[..count], destination.SliceRows(start, count));
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

    public override int? IgnoreLabel => source.IgnoreLabel;

    public override int TargetLength => source.TargetLength;

    public override bool HasWeights => true;

    internal override bool AreFeaturesFinite => source.AreFeaturesFinite;

    public override string? GetFingerprint() =>
        source.GetFingerprint() is { } samples ? DatasetFingerprint.Combine(samples, DatasetFingerprint.OfValues<float>(weights)) : null;

    public override int GetLabel(int index) => source.GetLabel(index);

    public override float GetWeight(int index) => Guard.At(weights, index);

    public override int GetSparseLength(int index) => source.GetSparseLength(index);

    public override void CopyFeatures(int index, Span<float> features) => source.CopyFeatures(index, features);

    public override void CopyTarget(int index, Span<float> target) => source.CopyTarget(index, target);

    public override void Announce(int start, int count) => source.Announce(start, count);

    public override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        source.Gather(indices, destination with { Weights = [] });
        for (int row = 0; row < destination.Weights.Length; row++)
            destination.Weights[row] = weights[indices[row]];
    }
}
