namespace NeuralNetFromScratch;

/// <summary>
/// The loss and metrics of a step that is divided into shards. Sums and counts are computed for each shard and then added in the tree over the shards. Scores are
/// stored at the index of the sample in the step.
/// </summary>
internal sealed class StepFigures(MetricAccumulator accumulator)
{
    public MetricAccumulator Accumulator { get; } = accumulator;

    /// <summary>Receives the blocks of the current shard.</summary>
    public BlockFigures Blocks { get; } = new(accumulator);

    /// <summary>Begins a step.</summary>
    public void Begin(int rows) => Accumulator.Reset(rows);

    /// <summary>Begins a shard.</summary>
    /// <param name="start">The index of its first sample in the step.</param>
    public void BeginShard(int start) => Blocks.Begin(0, start);
}
