namespace NeuralNetFromScratch;

/// <summary>Samples in arrays with sparse features and optional dense ones before them.</summary>
internal sealed class SparseDataset : Dataset
{
    private readonly int[] _offsets, _columns;
    private readonly float[] _values, _dense;
    private readonly int _denseColumns;

    public SparseDataset(int[] offsets, int[] columns, float[] values, int columnCount, float[] dense, int count)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columnCount);
        if (offsets.Length != count + 1)
            throw new ArgumentException($"expected {count + 1} offsets, one for each sample and one for the end, got {offsets.Length}", nameof(offsets));
        if (offsets[0] != 0 || offsets[^1] != columns.Length)
            throw new ArgumentException($"expected offsets from 0 to {columns.Length}, got {offsets[0]} to {offsets[^1]}", nameof(offsets));
        if (dense.Length % Math.Max(count, 1) != 0)
            throw new ArgumentException($"expected the same number of dense features for each of {count} samples, got {dense.Length} values", nameof(dense));
        _ = new SparseRowsView(offsets, columns, values, columnCount);

        (_offsets, _columns, _values, _dense) = (offsets, columns, values, dense);
        _denseColumns = dense.Length / Math.Max(count, 1);
        Count = count;
        SparseColumnCount = columnCount;
        SampleShape = [checked(_denseColumns + columnCount)];
    }

    public override int Count { get; }

    public override Shape SampleShape { get; }

    public override int SparseColumnCount { get; }

    public override int ClassCount => ClassLabels.Count;

    public override int? IgnoreLabel => ClassLabels.Ignored;

    public override int TargetLength => Targets.Length;

    /// <summary>The labels, the number of classes, and the label that is ignored, where there are any.</summary>
    public (int[] Labels, int Count, int? Ignored) ClassLabels { get; init; } = ([], 0, null);

    /// <summary>The dense targets and their length, if any.</summary>
    public (float[] Values, int Length) Targets { get; init; } = ([], 0);

    public override string GetFingerprint() => DatasetFingerprint.Combine(
        $"{SampleShape} {SparseColumnCount} {ClassCount} {TargetLength}",
        DatasetFingerprint.OfValues<int>(_offsets), DatasetFingerprint.OfValues<int>(_columns), DatasetFingerprint.OfValues<float>(_values),
        DatasetFingerprint.OfValues<float>(_dense), DatasetFingerprint.OfValues<int>(ClassLabels.Labels), DatasetFingerprint.OfValues<float>(Targets.Values));

    public override int GetLabel(int index) => ClassCount > 0 ? Guard.At(ClassLabels.Labels, index) : base.GetLabel(index);

    public override void CopyTarget(int index, Span<float> target)
    {
        if (TargetLength == 0)
            base.CopyTarget(index, target);
        Targets.Values.AsSpan(index * TargetLength, TargetLength).CopyTo(target);
    }

    public override int GetSparseLength(int index) => _offsets[index + 1] - _offsets[index];

    public override void CopyFeatures(int index, Span<float> features)
    {
        Dense(index).CopyTo(features);
        SparseRowsView.OfChecked(_offsets, _columns, _values, SparseColumnCount).CopyRowTo(index, features.Slice(_denseColumns, SparseColumnCount));
    }

    public override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        if (!destination.IsSparse)
        {
            base.Gather(indices, destination);
            return;
        }

        for (int row = 0; row < indices.Length; row++)
        {
            int index = indices[row];
            Dense(index).CopyTo(destination.Features.Row(row));
            Range stored = _offsets[index].._offsets[index + 1];
            _columns.AsSpan(stored).CopyTo(destination.GetSparseColumns(row));
            _values.AsSpan(stored).CopyTo(destination.GetSparseValues(row));
        }

        GatherTargets(indices, destination);
    }

    private ReadOnlySpan<float> Dense(int index) => _dense.AsSpan(index * _denseColumns, _denseColumns);
}
