namespace NeuralNetFromScratch;

/// <summary>Samples in memory: their features, and what the loss compares the outputs with.</summary>
internal readonly ref struct SampleBatch
{
    /// <summary>The features.</summary>
    public BatchView Inputs { get; init; }

    /// <summary>The class labels: [rows]; empty where the targets are dense, or there are none.</summary>
    public ReadOnlySpan<int> Labels { get; init; }

    /// <summary>The dense targets: [rows, outputs]; no rows where there are labels, or neither.</summary>
    public ReadOnlyMatrixView Targets { get; init; }

    /// <summary>The weights: [rows]; empty where each sample counts 1.</summary>
    public ReadOnlySpan<float> Weights { get; init; }

    public int Rows => Inputs.Rows;

    public bool HasLabels => !Labels.IsEmpty;

    public bool HasTargets => Targets.Rows > 0;

    public bool HasWeights => !Weights.IsEmpty;

    public SampleBatch SliceRows(int start, int count) => new()
    {
        Inputs = Inputs.SliceRows(start, count),
        Labels = HasLabels ? Labels.Slice(start, count) : [],
        Targets = HasTargets ? Targets.SliceRows(start, count) : default,
        Weights = HasWeights ? Weights.Slice(start, count) : [],
    };
}

/// <summary>Where the samples of a step come from: a data set, of which they are picked by index, or memory of the caller's.</summary>
internal readonly ref struct BatchSource
{
    private readonly SampleBatch _memory;

    /// <summary>Samples of a data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="indices">Which samples, in the order of the batch.</param>
    public BatchSource(Dataset dataset, ReadOnlySpan<int> indices)
    {
        Dataset = dataset;
        Indices = indices;
        HasLabels = dataset.TargetLength == 0;
        HasWeights = dataset.HasWeights;
    }

    /// <summary>Samples in memory of the caller's.</summary>
    public BatchSource(SampleBatch memory)
    {
        _memory = memory;
        HasLabels = memory.HasLabels;
        HasWeights = memory.HasWeights;
    }

    public Dataset? Dataset { get; }

    public ReadOnlySpan<int> Indices { get; }

    /// <summary>How each sample of a data set is changed before it is used; not at all if null.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Random numbers for the augmentation: they are the same for a sample whoever reads it.</summary>
    public RandomSource Random { get; init; }

    public bool HasLabels { get; }

    public bool HasWeights { get; }

    /// <summary>How many of the features, the last ones, come as sparse rows.</summary>
    public int SparseColumns => Dataset?.SparseColumnCount ?? _memory.Inputs.Sparse.Columns;

    public int Rows => Dataset is null ? _memory.Rows : Indices.Length;

    /// <summary>How many samples do not have a label.</summary>
    public int CountOthers(int? label)
    {
        if (label is null || !HasLabels)
            return Rows;
        int count = 0;
        for (int row = 0; row < Rows; row++)
            count += (Dataset is null ? _memory.Labels[row] : Dataset.GetLabel(Indices[row])) == label ? 0 : 1;
        return count;
    }

    /// <summary>Some of the caller's samples.</summary>
    public SampleBatch Memory(int start, int count) => _memory.SliceRows(start, count);
}

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
