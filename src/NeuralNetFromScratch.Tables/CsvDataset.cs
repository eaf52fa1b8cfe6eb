namespace NeuralNetFromScratch.Tables;

/// <summary>Rows of CSV files as samples, encoded by a plan when they are read. Labels and targets are in memory.</summary>
internal sealed class CsvDataset(CsvTable table, TabularPlan plan) : FileDataset(table.Parts)
{
    private readonly string[] _columns = [.. plan.Columns.Where(column => column.Encoding != ColumnEncoding.Ignored).Select(column => column.Name)];
    private readonly int _categories = plan.Columns.Count(column => column.SparseFeatureCount > 0);

    public override Shape SampleShape { get; } = [checked(plan.DenseFeatureCount + plan.SparseFeatureCount)];

    public override int SparseColumnCount => plan.SparseFeatureCount;

    public override int ClassCount => ClassLabels.Count;

    public override int TargetLength => Targets.Length;

    /// <summary>The labels and the number of classes, if there are any.</summary>
    public (int[] Labels, int Count) ClassLabels { get; init; } = ([], 0);

    /// <summary>The dense targets and their length, if there are any.</summary>
    public (float[] Values, int Length) Targets { get; init; } = ([], 0);

    public override int GetLabel(int index) => ClassCount > 0 ? Guard.At(ClassLabels.Labels, index) : base.GetLabel(index);

    public override void CopyTarget(int index, Span<float> target)
    {
        if (TargetLength == 0)
            base.CopyTarget(index, target);
        Targets.Values.AsSpan(index * TargetLength, TargetLength).CopyTo(target);
    }

    /// <summary>Each categorical column has one stored value; it is 0 if the cell is none of the categories.</summary>
    public override int GetSparseLength(int index) => _categories;

    /// <summary>A description of the labels or targets, for the fingerprint.</summary>
    public required string Answers { get; init; }

    private protected override string Settings => DatasetFingerprint.Combine([plan.Write(), Answers, table.Settings, .. table.ColumnNames]);

    private protected override (long Offset, long Length) Extent(FilePart part, int first, int count) => table.Extent(part, first, count);

    private protected override void Read(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        if (indices.IsEmpty)
            return;
        TabularData data = table.Read(indices, _columns);
        int stride = plan.DenseFeatureCount, dense = 0, sparse = 0, category = 0;
        var features = new float[Guard.Length(indices.Length, stride)];
        foreach (ColumnPlan encoding in plan.Columns.Where(column => column.Encoding != ColumnEncoding.Ignored))
        {
            TabularColumn column = data[encoding.Name];
            encoding.EncodeDense(column, features, stride, dense);
            if (encoding.SparseFeatureCount > 0)
                CopyCategories(encoding.Places(column), sparse, category++, destination);
            dense += encoding.DenseFeatures.Count;
            sparse += encoding.SparseFeatureCount;
        }

        for (int row = 0; row < indices.Length; row++)
            features.AsSpan(row * stride, stride).CopyTo(destination.Features.Row(row));
    }

    private void CopyCategories(int[] places, int start, int category, in BatchDestination destination)
    {
        for (int row = 0; row < places.Length; row++)
        {
            if (destination.IsSparse)
            {
                destination.GetSparseColumns(row)[category] = start + Math.Max(places[row], 0);
                destination.GetSparseValues(row)[category] = places[row] < 0 ? 0 : 1;
                continue;
            }

            if (start == 0)
                destination.Features.Row(row)[plan.DenseFeatureCount..].Clear();
            if (places[row] >= 0)
                destination.Features.Row(row)[plan.DenseFeatureCount + start + places[row]] = 1;
        }
    }
}
