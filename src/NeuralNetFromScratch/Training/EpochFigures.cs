namespace NeuralNetFromScratch;

/// <summary>Loss and metrics of the samples of an epoch so far, each as it stood at its step.</summary>
internal sealed class EpochFigures
{
    private readonly Sequential _network;
    private readonly MetricAccumulator _accumulator;
    private long _chunk;
    private int _samples;

    /// <exception cref="ArgumentException">A metric is not defined for the task.</exception>
    public EpochFigures(Sequential network, MetricTask task, IReadOnlyList<Metric> metrics, Engine engine)
    {
        _network = network;
        _accumulator = new MetricAccumulator(task, metrics, engine.Threads);
    }

    public IReadOnlyList<Metric> Metrics => _accumulator.Metrics;

    /// <summary>The mean loss so far.</summary>
    public double Loss => _accumulator.CurrentLossSum() / _samples;

    public void Reset(int samples)
    {
        _accumulator.Reset(samples);
        (_chunk, _samples) = (0, 0);
    }

    /// <summary>Takes a worker's rows of a block.</summary>
    public void Add(int worker, int firstChunk, int firstRow, ReadOnlyMatrixView outputs, in SampleBatch samples, ReadOnlySpan<double> losses) =>
        _accumulator.Add(worker, _chunk + firstChunk, _samples + firstRow, outputs, samples.Labels, samples.Targets, losses);

    /// <summary>Brings together what the workers took of a block.</summary>
    public void FinishBlock(int rows)
    {
        _accumulator.Merge();
        _chunk += GradientPass.Chunks(rows);
        _samples += rows;
    }

    public EvaluationResult Result() => new(
        _samples, _accumulator.NonFiniteCount, Loss, [.. _accumulator.Metrics], _accumulator.Compute(), _network.ClassNames);

    public (MetricState State, long Chunk, int Samples) Save() => (_accumulator.Save(), _chunk, _samples);

    /// <exception cref="InvalidDataException">The state is that of other metrics.</exception>
    public void Restore(MetricState state, long chunk, int samples)
    {
        _accumulator.Restore(state, samples);
        (_chunk, _samples) = (chunk, samples);
    }
}
