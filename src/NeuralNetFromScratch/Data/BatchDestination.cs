namespace NeuralNetFromScratch;

/// <summary>
/// Memory for the samples that <see cref="Dataset.Gather"/> writes, one in each row. Labels, targets and weights are written only where there
/// is memory for them. Of a data set with sparse columns a destination receives either these columns as sparse rows, or all features in
/// their dense form.
/// </summary>
/// <param name="features">The features: [rows, features].</param>
public readonly ref struct BatchDestination(MatrixView features)
{
    /// <summary>The number of samples.</summary>
    public int Rows => Features.Rows;

    /// <summary>Receives the features, or the dense ones where the destination is sparse: [rows, features], each row contiguous.</summary>
    public MatrixView Features { get; init; } = features;

    /// <summary>Receives the class labels: [rows]. Empty where they are not wanted.</summary>
    public Span<int> Labels { get; init; }

    /// <summary>Receives the dense targets: [rows, target length], each row contiguous. No rows where they are not wanted.</summary>
    public MatrixView Targets { get; init; }

    /// <summary>Receives the weights: [rows]. Empty where they are not wanted.</summary>
    public Span<float> Weights { get; init; }

    /// <summary>
    /// Where each row's sparse values go, and where the last one's end: rows + 1 places in <see cref="SparseColumns"/> and
    /// <see cref="SparseValues"/>, as <see cref="Dataset.GetSparseLength"/> asks for. Empty where all features are wanted in their dense form.
    /// </summary>
    public ReadOnlySpan<int> SparseOffsets { get; init; }

    /// <summary>Receives the columns of the sparse values, ascending in each row.</summary>
    public Span<int> SparseColumns { get; init; }

    /// <summary>Receives the sparse values.</summary>
    public Span<float> SparseValues { get; init; }

    /// <summary>Whether sparse columns are received as sparse rows.</summary>
    public bool IsSparse => !SparseOffsets.IsEmpty;

    /// <summary>Returns where one row's sparse columns go.</summary>
    /// <param name="row">The row.</param>
    public Span<int> GetSparseColumns(int row) => SparseColumns[SparseOffsets[row]..SparseOffsets[row + 1]];

    /// <summary>Returns where one row's sparse values go.</summary>
    /// <param name="row">The row.</param>
    public Span<float> GetSparseValues(int row) => SparseValues[SparseOffsets[row]..SparseOffsets[row + 1]];

    /// <summary>Returns some of the rows, over the same memory.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    public BatchDestination SliceRows(int start, int count) => new(Features.SliceRows(start, count))
    {
        Labels = Labels.IsEmpty ? [] : Labels.Slice(start, count),
        Targets = Targets.Rows == 0 ? default : Targets.SliceRows(start, count),
        Weights = Weights.IsEmpty ? [] : Weights.Slice(start, count),
        SparseOffsets = IsSparse ? SparseOffsets.Slice(start, count + 1) : [],
        SparseColumns = SparseColumns,
        SparseValues = SparseValues,
    };
}
