namespace NeuralNetFromScratch;

/// <summary>The division of the steps of an epoch into shards, and the shards of this process.</summary>
internal sealed record EpochShards
{
    /// <summary>The number of shards of each step.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The first shard of this process.</summary>
    public int FirstOwn { get; init; }

    /// <summary>The number of shards of this process.</summary>
    public int OwnCount { get; init; } = 1;

    /// <summary>Whether a layer or mixup mixes the samples of a shard.</summary>
    public bool MixesSamples { get; init; }

    /// <summary>The number of steps.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>The number of samples in each step except the last.</summary>
    public required int StepLength { get; init; }

    /// <summary>The number of samples in the steps.</summary>
    public required int Samples { get; init; }

    /// <summary>The number of samples in all steps that are in a shard.</summary>
    public int SamplesOf(int shard) => SamplesBefore(Steps - 1, shard) + Length(CutOf(Steps - 1), shard);

    /// <summary>The number of samples in the first steps that are in a shard.</summary>
    public int SamplesBefore(int step, int shard) => step == 0 ? 0 : step * Length(CutOf(0), shard);

    /// <summary>Returns the samples of a shard in a step, as a range of the epoch's order.</summary>
    public (int Start, int End) Range(int step, int shard)
    {
        ShardCut cut = CutOf(step);
        return (step * StepLength + cut.Start(shard), step * StepLength + cut.Start(shard + 1));
    }

    private ShardCut CutOf(int step) => ShardCut.Of(step == Steps - 1 ? Samples - step * StepLength : StepLength, Count, MixesSamples);

    private static int Length(ShardCut cut, int shard) => cut.Start(shard + 1) - cut.Start(shard);
}
