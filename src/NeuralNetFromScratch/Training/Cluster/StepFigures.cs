namespace NeuralNetFromScratch;

/// <summary>
/// The loss and metrics of a step that is cut into shards. Sums and counts are taken shard by shard, to be added in the tree over shards; scores are kept by the
/// sample's place in the step.
/// </summary>
internal sealed class StepFigures(MetricAccumulator accumulator)
{
    public MetricAccumulator Accumulator { get; } = accumulator;

    /// <summary>Receives the blocks of the current shard.</summary>
    public BlockFigures Blocks { get; } = new(accumulator);

    /// <summary>Begins a step.</summary>
    public void Begin(int rows) => Accumulator.Reset(rows);

    /// <summary>Begins a shard at a sample of the step.</summary>
    public void BeginShard(int start) => Blocks.Begin(0, start);
}
