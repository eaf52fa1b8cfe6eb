using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Evaluates a network on data sets. Blocks of rows are assigned to the workers, which have separate buffers. Samples are independent, so that no
/// worker waits for another. The buffers are reused, so that a second evaluation allocates nothing large.
/// </summary>
internal sealed class Evaluator
{
    /// <summary>The maximum number of chunks in a block: enough for an efficient matrix product, and small enough for the cache.</summary>
    private const int MaxBlockChunks = 12;

    /// <summary>
    /// The maximum number of values of a block at the widest place of the network, which determines the size of each worker's buffers.
    /// </summary>
    private const int MaxBlockValues = 1 << 20;

    private readonly Sequential _network;
    private readonly Loss _loss;
    private readonly IReadOnlyList<Metric>? _metrics;
    private readonly Engine _engine;
    private readonly IEvaluationShare? _share;
    private readonly Worker?[] _workers;
    private readonly int _blockRows;
    private MetricAccumulator? _accumulator;
    private bool _hasLabels;

    /// <param name="network">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="metrics">The metrics; null for those of the loss.</param>
    /// <param name="engine">The engine whose threads run the evaluation.</param>
    /// <param name="share">The division of the blocks among several processes; null if this one has them all.</param>
    public Evaluator(Sequential network, Loss loss, IReadOnlyList<Metric>? metrics, Engine engine, IEvaluationShare? share = null)
    {
        _network = network;
        _loss = loss;
        _metrics = metrics;
        _engine = engine;
        _share = share;
        _workers = new Worker?[engine.ThreadCount];
        _blockRows = BlockRows(network);
    }

    /// <summary>Evaluates the network on a data set that matches it.</summary>
    /// <exception cref="ArgumentException">A metric is not defined for the data set, or a label is not an output of the network.</exception>
    public EvaluationResult Run(Dataset data, CancellationToken cancellationToken = default)
    {
        MetricAccumulator accumulator = Accumulator(data.TargetLength == 0);
        accumulator.Reset(data.Count);
        int blocks = (data.Count - 1) / _blockRows + 1;
        Section own = _share?.Blocks(blocks) ?? new(0, blocks);
        _engine.Run(new Job(this, data, accumulator, own, cancellationToken), Math.Min(own.Count, _engine.ThreadCount));
        if (_share is not null)
        {
            accumulator.Merge();
            accumulator.Restore(_share.Merge(accumulator.Save(), blocks, _blockRows, data.Count), data.Count);
        }

        MetricResult[] results = accumulator.Compute();
        foreach (MetricResult result in results)
        {
            if (result.ConfusionMatrix is { } matrix && matrix.ClassCount == _network.ClassNames.Count)
                matrix.ClassNames = _network.ClassNames;
        }

        int counted = data.Count - accumulator.IgnoredCount;
        return new(counted, accumulator.NonFiniteCount, accumulator.LossSum / counted, [.. accumulator.Metrics], results, _network.ClassNames);
    }

    /// <summary>Returns the number of rows in a block, in whole chunks. Wide networks have smaller blocks, which bounds the memory.</summary>
    internal static int BlockRows(Sequential network)
    {
        int widest = network.InputShape.ElementCount;
        foreach (ChainNode node in network.Nodes)
            widest = Math.Max(widest, node.OutputShape.ElementCount);
        return MetricAccumulator.ChunkRows * Math.Clamp(MaxBlockValues / MetricAccumulator.ChunkRows / widest, 1, MaxBlockChunks);
    }

    private MetricAccumulator Accumulator(bool hasLabels)
    {
        if (_accumulator is null || hasLabels != _hasLabels)
        {
            _loss.CheckAnswers(hasLabels, "data");
            var task = new MetricTask(_loss.OutputActivation, _network.OutputShape.ElementCount, hasLabels);
            _accumulator = new MetricAccumulator(task, _metrics ?? _loss.DefaultMetrics(hasLabels), _engine.ThreadCount, _loss.IgnoredLabel);
            _hasLabels = hasLabels;
        }

        return _accumulator;
    }

    private readonly struct Job(Evaluator evaluator, Dataset data, MetricAccumulator accumulator, Section blocks, CancellationToken cancellationToken) : IJob
    {
        public void Run(int worker, int workers)
        {
            Worker own = evaluator._workers[worker] ??= new Worker(evaluator._network, evaluator._loss, evaluator._engine.Width, evaluator._blockRows);
            var share = Section.Of(blocks.Count, 1, worker, workers);
            for (int block = blocks.Start + share.Start; block < blocks.Start + share.End; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int start = block * evaluator._blockRows;
                own.Evaluate(data, new(start, Math.Min(evaluator._blockRows, data.Count - start)), accumulator, worker);
            }
        }
    }

    /// <summary>The buffers of one worker.</summary>
    private sealed class Worker(Sequential network, Loss loss, SimdWidth width, int blockRows)
    {
        private readonly Engine _engine = new(1, width);
        private readonly BatchBuffer _buffer = new();
        private ChainMemory? _memory;
        private readonly double[] _losses = new double[blockRows / MetricAccumulator.ChunkRows];
        private readonly int[] _order = new int[blockRows];

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Evaluate(Dataset data, Section rows, MetricAccumulator accumulator, int worker)
        {
            for (int row = 0; row < rows.Count; row++)
                _order[row] = rows.Start + row;
            if (_memory is null || _memory.SparseColumns != data.SparseColumnCount)
                _memory = new ChainMemory(network.Chain, _engine, network.Parameters, blockRows, isTraining: false, data.SparseColumnCount);
            SampleBatch samples = _buffer.Load(_engine, new BatchSource(data, _order.AsSpan(0, rows.Count)), 0, rows.Count, network.OutputShape.ElementCount, loss.IgnoredLabel);
            ReadOnlyMatrixView outputs = _memory.Run(rows.Count).Forward(samples.Inputs);
            int chunks = 0;
            for (int start = 0; start < rows.Count; start += MetricAccumulator.ChunkRows)
            {
                int count = Math.Min(MetricAccumulator.ChunkRows, rows.Count - start);
                _losses[chunks++] = samples.HasWeights ? WeightedLoss(outputs, samples, start, count) : Loss(outputs, samples, start, count);
            }

            accumulator.Add(worker, rows.Start / MetricAccumulator.ChunkRows, rows.Start, outputs, samples.Labels, samples.Targets, _losses.AsSpan(0, chunks));
        }

        private double WeightedLoss(ReadOnlyMatrixView outputs, SampleBatch samples, int start, int count)
        {
            double sum = 0;
            for (int row = start; row < start + count; row++)
                sum += samples.Weights[row] * Loss(outputs, samples, row, 1);
            return sum;
        }

        private double Loss(ReadOnlyMatrixView outputs, SampleBatch samples, int start, int count) => samples.HasLabels
            ? loss.Evaluate(outputs.SliceRows(start, count), samples.Labels.Slice(start, count), 0, default)
            : loss.Evaluate(outputs.SliceRows(start, count), samples.Targets.SliceRows(start, count), 0, default);
    }
}

/// <summary>The division of an evaluation among several processes.</summary>
internal interface IEvaluationShare
{
    /// <summary>Returns the blocks of this process.</summary>
    Section Blocks(int blocks);

    /// <summary>Returns the state with the blocks of all processes.</summary>
    /// <param name="own">The state with the blocks of this process.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="blockRows">The number of samples in a block.</param>
    /// <param name="samples">The number of samples.</param>
    MetricState Merge(MetricState own, int blocks, int blockRows, int samples);
}
