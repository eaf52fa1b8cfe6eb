namespace NeuralNetFromScratch;

/// <summary>The loss and metrics of the samples of an epoch so far. Each sample is measured before its own update.</summary>
internal sealed class EpochFigures
{
    private readonly Sequential _network;
    private readonly MetricAccumulator _accumulator;

    /// <param name="network">The network.</param>
    /// <param name="task">The task that the metrics evaluate.</param>
    /// <param name="metrics">The metrics.</param>
    /// <param name="ignored">The label that the loss ignores; null for none.</param>
    /// <param name="engine">The engine whose workers add samples.</param>
    /// <param name="inShards">Whether steps are divided into shards. If true, the figures of each step are added to those of the epoch after the step.</param>
    /// <exception cref="ArgumentException">A metric is not defined for the task.</exception>
    public EpochFigures(Sequential network, MetricTask task, IReadOnlyList<Metric> metrics, int? ignored, Engine engine, bool inShards = false)
    {
        _network = network;
        _accumulator = new MetricAccumulator(task, metrics, engine.ThreadCount, ignored);
        Blocks = new BlockFigures(_accumulator);
        Step = inShards ? new StepFigures(workers => new MetricAccumulator(task, metrics, workers, ignored)) : null;
    }

    public IReadOnlyList<Metric> Metrics => _accumulator.Metrics;

    /// <summary>Receives the blocks of an epoch whose steps are not divided into shards.</summary>
    public BlockFigures Blocks { get; }

    /// <summary>The figures of the current step if steps are divided into shards; otherwise null.</summary>
    public StepFigures? Step { get; }

    /// <summary>The mean loss so far.</summary>
    public double Loss => _accumulator.CurrentLossSum() / (Blocks.Samples - _accumulator.IgnoredCount);

    public void Reset(int samples)
    {
        _accumulator.Reset(samples);
        Blocks.Begin(0, 0);
    }

    /// <summary>Adds the figures of a step that was divided into shards.</summary>
    /// <param name="sums">The sums of all shards.</param>
    /// <param name="counts">The counts of all shards.</param>
    public void AddStep(ReadOnlySpan<double> sums, ReadOnlySpan<long> counts)
    {
        _accumulator.AddTotals(Blocks.Chunk, sums, counts);
        Step!.Accumulator.CopyScores(_accumulator, 0, Step.Accumulator.SampleCapacity, Blocks.Samples);
        Blocks.Begin(Blocks.Chunk + 1, Blocks.Samples + Step.Accumulator.SampleCapacity);
    }

    public EvaluationResult Result() => new(
        Blocks.Samples - _accumulator.IgnoredCount, _accumulator.NonFiniteCount, Loss, [.. _accumulator.Metrics], _accumulator.Compute(), _network.ClassNames);

    public (MetricState State, long Chunk, int Samples) Save() => (_accumulator.Save(), Blocks.Chunk, Blocks.Samples);

    /// <exception cref="InvalidDataException">The state belongs to other metrics.</exception>
    public void Restore(MetricState state, long chunk, int samples)
    {
        _accumulator.Restore(state, samples);
        Blocks.Begin(chunk, samples);
    }
}

/// <summary>Adds blocks of samples to an accumulator, one after another.</summary>
internal sealed class BlockFigures(MetricAccumulator accumulator)
{
    /// <summary>The number of chunks before the next block.</summary>
    public long Chunk { get; private set; }

    /// <summary>The number of samples before the next block.</summary>
    public int Samples { get; private set; }

    /// <summary>Sets the position of the next block.</summary>
    public void Begin(long chunk, int samples) => (Chunk, Samples) = (chunk, samples);

    /// <summary>Adds the rows of a block that a worker computed.</summary>
    public void Add(int worker, int firstChunk, int firstRow, ReadOnlyMatrixView outputs, in SampleBatch samples, ReadOnlySpan<double> losses) =>
        accumulator.Add(worker, Chunk + firstChunk, Samples + firstRow, outputs, samples.Labels, samples.HasLabels ? default : samples.Targets, losses);

    /// <summary>Combines the workers' results of a block.</summary>
    public void FinishBlock(int rows)
    {
        accumulator.Merge();
        Begin(Chunk + GradientPass.Chunks(rows), Samples + rows);
    }
}
