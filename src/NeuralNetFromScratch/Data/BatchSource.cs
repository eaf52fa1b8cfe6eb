namespace NeuralNetFromScratch;

/// <summary>Samples in memory: their features and targets.</summary>
internal readonly ref struct SampleBatch
{
    /// <summary>The features.</summary>
    public BatchView Inputs { get; init; }

    /// <summary>The class labels: [rows]; empty if the targets are dense or missing.</summary>
    public ReadOnlySpan<int> Labels { get; init; }

    /// <summary>
    /// The dense targets: [rows, outputs]; no rows if there are none. If samples with labels were mixed, there are both: the loss is of the targets, and each label
    /// is the class with the larger share.
    /// </summary>
    public ReadOnlyMatrixView Targets { get; init; }

    /// <summary>The weights: [rows]; empty if all are 1.</summary>
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

/// <summary>The source of a step's samples: a data set with indices, or the caller's memory.</summary>
internal readonly ref struct BatchSource
{
    private readonly SampleBatch _memory;

    /// <summary>Creates a source of samples of a data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="indices">The indices of the samples, in the order of the batch.</param>
    public BatchSource(Dataset dataset, ReadOnlySpan<int> indices)
    {
        Dataset = dataset;
        Indices = indices;
        HasLabels = dataset.TargetLength == 0;
        HasWeights = dataset.HasWeights;
    }

    /// <summary>Creates a source of samples in the caller's memory.</summary>
    public BatchSource(SampleBatch memory)
    {
        _memory = memory;
        HasLabels = memory.HasLabels;
        HasWeights = memory.HasWeights;
    }

    public Dataset? Dataset { get; }

    public ReadOnlySpan<int> Indices { get; }

    /// <summary>The change of each sample of a data set; null for none.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>The random source of the augmentation, whose numbers depend only on the sample.</summary>
    public RandomSource Random { get; init; }

    /// <summary>The mixup of the samples of a data set.</summary>
    public Mixup Mixup { get; init; }

    public bool HasLabels { get; }

    public bool HasWeights { get; }

    /// <summary>Whether all features are finite by construction. An augmentation can be the user's.</summary>
    public bool AreFeaturesFinite => Augmentation is null && Dataset is { AreFeaturesFinite: true };

    /// <summary>The number of features, the last ones, that are sparse.</summary>
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

    /// <summary>Returns the source of some of the samples.</summary>
    public BatchSource Slice(int start, int count) => Dataset is null
        ? new(_memory.SliceRows(start, count))
        : new(Dataset, Indices.Slice(start, count)) { Augmentation = Augmentation, Random = Random, Mixup = Mixup.From(start) };

    /// <summary>Returns some of the caller's samples.</summary>
    public SampleBatch Memory(int start, int count) => _memory.SliceRows(start, count);
}

/// <summary>
/// The memory into which <see cref="Dataset.Gather"/> writes samples, one in each row. Labels, targets and weights are written only if their
/// memory is not empty. For a data set with sparse columns the destination receives either these columns as sparse rows, or all features in dense
/// form.
/// </summary>
/// <param name="features">Receives the features: [rows, features].</param>
public readonly ref struct BatchDestination(MatrixView features)
{
    /// <summary>The number of samples.</summary>
    public int Rows => Features.Rows;

    /// <summary>The memory of the features, or of the dense ones if the destination is sparse: [rows, features], each row contiguous.</summary>
    public MatrixView Features { get; init; } = features;

    /// <summary>The memory of the class labels: [rows]; empty if they are not needed.</summary>
    public Span<int> Labels { get; init; }

    /// <summary>The memory of the dense targets: [rows, target length], each row contiguous; no rows if they are not needed.</summary>
    public MatrixView Targets { get; init; }

    /// <summary>The memory of the weights: [rows]; empty if they are not needed.</summary>
    public Span<float> Weights { get; init; }

    /// <summary>
    /// The offset of each row's sparse values, and the end of the last row: rows + 1 offsets in <see cref="SparseColumns"/> and
    /// <see cref="SparseValues"/>, computed from <see cref="Dataset.GetSparseLength"/>. Empty if all features are needed in dense form.
    /// </summary>
    public ReadOnlySpan<int> SparseOffsets { get; init; }

    /// <summary>The memory of the columns of the sparse values, ascending in each row.</summary>
    public Span<int> SparseColumns { get; init; }

    /// <summary>The memory of the sparse values.</summary>
    public Span<float> SparseValues { get; init; }

    /// <summary>Whether sparse columns are received as sparse rows.</summary>
    public bool IsSparse => !SparseOffsets.IsEmpty;

    /// <summary>Returns the memory of one row's sparse columns.</summary>
    /// <param name="row">The index of the row.</param>
    public Span<int> GetSparseColumns(int row) => SparseColumns[SparseOffsets[row]..SparseOffsets[row + 1]];

    /// <summary>Returns the memory of one row's sparse values.</summary>
    /// <param name="row">The index of the row.</param>
    public Span<float> GetSparseValues(int row) => SparseValues[SparseOffsets[row]..SparseOffsets[row + 1]];

    /// <summary>Returns a range of the rows over the same memory.</summary>
    /// <param name="start">The index of the first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the rows.</exception>
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
