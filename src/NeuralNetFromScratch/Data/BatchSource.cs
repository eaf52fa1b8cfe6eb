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

    /// <summary>Some of the caller's samples.</summary>
    public SampleBatch Memory(int start, int count) => _memory.SliceRows(start, count);
}
