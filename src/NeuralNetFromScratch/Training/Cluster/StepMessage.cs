namespace NeuralNetFromScratch;

/// <summary>
/// The data that the processes exchange in a step in addition to the gradients: the sum of the losses and the sums of the metrics, which are added in the tree over
/// the shards, and counts, including the numbers of processes that request the end of the training or reject the step.
/// </summary>
internal sealed class StepMessage(int shards)
{
    private const int SamplesPlace = 0, StopsPlace = 1, CancelsPlace = 2, RefusalsPlace = 3, OwnCounts = 4, OwnSums = 1;

    private readonly ShardSums _tree = new(shards);
    private double[] _sums = [];
    private long[] _counts = [];

    /// <summary>The sum of the losses.</summary>
    public double LossSum
    {
        get => _sums[0];
        set => _sums[0] = value;
    }

    public long Samples
    {
        get => _counts[SamplesPlace];
        set => _counts[SamplesPlace] = value;
    }

    /// <summary>The number of processes that request the end of the training.</summary>
    public long Stops
    {
        get => _counts[StopsPlace];
        set => _counts[StopsPlace] = value;
    }

    /// <summary>The number of processes on which the training was cancelled.</summary>
    public long Cancels
    {
        get => _counts[CancelsPlace];
        set => _counts[CancelsPlace] = value;
    }

    /// <summary>The number of processes that reject the arguments of the step.</summary>
    public long Refusals
    {
        get => _counts[RefusalsPlace];
        set => _counts[RefusalsPlace] = value;
    }

    /// <summary>The metrics' sums.</summary>
    public ReadOnlySpan<double> FigureSums => _sums.AsSpan(OwnSums);

    /// <summary>The metrics' counts.</summary>
    public ReadOnlySpan<long> FigureCounts => _counts.AsSpan(OwnCounts);

    /// <summary>Begins a step.</summary>
    public void Begin(StepFigures? figures)
    {
        int sums = OwnSums + (figures?.Accumulator.SumCount ?? 0), counts = OwnCounts + (figures?.Accumulator.CountCount ?? 0);
        if (_sums.Length != sums || _counts.Length != counts)
            (_sums, _counts) = (new double[sums], new long[counts]);
        Array.Clear(_counts);
    }

    /// <summary>Adds a shard.</summary>
    public void Add(int shard, double lossSum, StepFigures? figures)
    {
        _sums[0] = lossSum;
        figures?.Accumulator.Take(_sums.AsSpan(OwnSums), _counts.AsSpan(OwnCounts));
        _tree.Add(shard, _sums);
    }

    /// <summary>Adds the messages of all processes.</summary>
    public void Exchange(Collectives collectives) => collectives.Sum(_sums, _counts);
}
