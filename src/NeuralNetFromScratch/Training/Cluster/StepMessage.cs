using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>
/// The data that the processes exchange in a step in addition to the gradients: the sum of the losses and the sums of the metrics, which are added in the tree over
/// the shards, and counts, including the numbers of processes that request the end of the training or reject the step.
/// </summary>
internal sealed class StepMessage(int shards)
{
    private const int SamplesPlace = 0, StopsPlace = 1, CancelsPlace = 2, RefusalsPlace = 3, OwnCounts = 4, OwnSums = 1;

    /// <summary>The sums and counts of each shard.</summary>
    private double[] _shardSums = [];
    private long[] _shardCounts = [];
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
        int sums = OwnSums + (figures?.Accumulator.SumCount ?? 0), counts = figures?.Accumulator.CountCount ?? 0;
        if (_sums.Length != sums || _counts.Length != OwnCounts + counts)
        {
            (_sums, _counts) = (new double[sums], new long[OwnCounts + counts]);
            (_shardSums, _shardCounts) = (new double[checked(shards * sums)], new long[checked(shards * counts)]);
        }

        Array.Clear(_counts);
        Array.Clear(_shardCounts);
    }

    /// <summary>Stores the sums and counts of a shard. Several teams store those of different shards at the same time.</summary>
    public void Set(int shard, double lossSum, TeamFigures? figures)
    {
        int counts = _counts.Length - OwnCounts;
        Span<double> sums = Sums(shard);
        sums[0] = lossSum;
        figures?.Accumulator.Take(sums[OwnSums..], _shardCounts.AsSpan(shard * counts, counts));
    }

    /// <summary>Adds the sums of all shards in a binary tree, and the counts.</summary>
    public void AddShards()
    {
        for (int distance = 1; distance < shards; distance *= 2)
        {
            for (int shard = 0; shard < shards; shard += 2 * distance)
                TensorPrimitives.Add(Sums(shard), Sums(shard + distance), Sums(shard));
        }

        Sums(0).CopyTo(_sums);
        int counts = _counts.Length - OwnCounts;
        for (int i = 0; i < _shardCounts.Length; i++)
            _counts[OwnCounts + i % counts] += _shardCounts[i];
    }

    /// <summary>Adds the messages of all processes.</summary>
    public void Exchange(Collectives collectives) => collectives.Sum(_sums, _counts);

    private Span<double> Sums(int shard) => _shardSums.AsSpan(shard * _sums.Length, _sums.Length);
}
