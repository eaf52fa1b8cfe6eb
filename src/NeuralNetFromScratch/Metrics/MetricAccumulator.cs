using System.Numerics.Tensors;
namespace NeuralNetFromScratch;

/// <summary>
/// Computes metrics over samples that several workers add in blocks. Counts are added exactly. Sums are computed over chunks of samples and added
/// in a binary tree over the chunks' indices. Scores are stored by the sample's index. Therefore the result has the same bits for any division of
/// the work, if blocks begin at chunks. It allocates nothing once warm.
/// </summary>
/// <remarks>
/// Each worker adds blocks in ascending order. <see cref="Merge"/> must be called before a worker adds a block that precedes one which another
/// worker has added. A training calls it after each block that workers share; an evaluation calls it once at the end.
/// </remarks>
internal sealed partial class MetricAccumulator
{
    /// <summary>The number of samples in a chunk. It determines the bits of the results.</summary>
    public const int ChunkRows = 16;

    private readonly MetricTask _task;
    private readonly Metric[] _metrics;
    private readonly Place[] _places;
    private readonly float[][] _scores;
    private readonly long[] _counts;
    private readonly double[] _sums;
    private readonly SumTree _tree;
    private readonly Worker[] _workers;
    private readonly bool _needsProbabilities;
    private readonly int? _ignored;
    private int _samples;

    /// <exception cref="ArgumentException">A metric is not defined for the task, or two have the same name.</exception>
    public MetricAccumulator(MetricTask task, IReadOnlyList<Metric> metrics, int workers, int? ignored = null)
    {
        _task = task;
        _metrics = [.. metrics];
        _ignored = ignored;
        // Beside the scores stands which samples they are of, where some are ignored.
        _places = new Place[_metrics.Length + (ignored is null ? 0 : 1)];
        // The first sum is that of the losses.
        (int counts, int sums) = (0, 1);
        for (int i = 0; i < _metrics.Length; i++)
        {
            Metric metric = _metrics[i] ?? throw new ArgumentException("a metric is null", nameof(metrics));
            if (Array.FindIndex(_metrics, other => other.Name == metric.Name) < i)
                throw new ArgumentException($"two metrics have the name \"{metric.Name}\"", nameof(metrics));
            metric.Check(task);
            (int ofCounts, int ofSums) = metric is SumMetric sum ? sum.Sizes(task) : (0, 0);
            _places[i] = new(counts, ofCounts, sums, ofSums, (metric as ScoreMetric)?.ScoresPerSample(task) ?? 0);
            counts = checked(counts + ofCounts);
            sums = checked(sums + ofSums);
            _needsProbabilities |= metric.NeedsProbabilities;
        }

        if (ignored is not null)
            _places[^1] = new(0, 0, 0, 0, Scores: Array.Exists(_places, place => place.Scores > 0) ? 1 : 0);
        _scores = [.. Enumerable.Repeat(Array.Empty<float>(), _places.Length)];
        _counts = new long[counts];
        _sums = new double[sums];
        _tree = new SumTree(sums);
        _workers = new Worker[workers];
        // Worker 0 adds directly to the totals.
        for (int worker = 0; worker < workers; worker++)
            _workers[worker] = new Worker(worker == 0 ? _counts : new long[counts], worker == 0 ? _tree : new SumTree(sums));
    }

    public IReadOnlyList<Metric> Metrics => _metrics;

    /// <summary>The number of samples with an output that is NaN or infinite.</summary>
    public int NonFiniteCount { get; private set; }

    /// <summary>Number of samples whose label is ignored.</summary>
    public int IgnoredCount { get; private set; }

    /// <summary>The sum of all samples' losses, after <see cref="Compute"/>.</summary>
    public double LossSum => _sums[0];

    /// <summary>Removes all samples.</summary>
    /// <param name="samples">The maximum number of samples that will be added.</param>
    public void Reset(int samples)
    {
        _samples = samples;
        NonFiniteCount = IgnoredCount = 0;
        for (int i = 0; i < _scores.Length; i++)
        {
            int length = checked(samples * _places[i].Scores);
            if (_scores[i].Length < length)
                _scores[i] = new float[length];
        }

        foreach (Worker worker in _workers)
        {
            Array.Clear(worker.Counts);
            worker.Tree.Clear();
            worker.NonFinite = worker.Ignored = 0;
        }
    }

    /// <summary>Adds a block of outputs, with class labels or dense targets.</summary>
    /// <param name="worker">The index of the worker.</param>
    /// <param name="chunk">The index of the block's first chunk, in the order of the samples.</param>
    /// <param name="sample">The index of the block's first sample.</param>
    /// <param name="outputs">The outputs before the output activation.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="targets">The dense targets.</param>
    /// <param name="losses">The sum of the losses of each chunk of the block; empty if no loss is needed.</param>
    public void Add(
        int worker, long chunk, int sample, ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, ReadOnlyMatrixView targets, ReadOnlySpan<double> losses)
    {
        ReadOnlyMatrixView probabilities = default;
        if (_needsProbabilities)
            probabilities = _task.OutputActivation == OutputActivation.None ? outputs : _workers[worker].Probabilities(outputs, _task.OutputActivation);
        Add(worker, chunk, sample, new MetricBatch(_task, outputs, probabilities, labels, targets, isActivated: false), losses);
    }

    /// <summary>Adds a block of samples.</summary>
    public void Add(int worker, long chunk, int sample, MetricBatch batch, ReadOnlySpan<double> losses)
    {
        Worker own = _workers[worker];
        if (_ignored is { } label && batch.Task.HasLabels)
        {
            if (_places[^1].Scores > 0)
                CountedRows.Mark(batch.Labels, label, _scores[^1].AsSpan(sample, batch.Rows));
            if (batch.Labels.Contains(label))
            {
                AddCounted(own, chunk, sample, batch, label, losses);
                return;
            }
        }

        own.NonFinite += CountNonFinite(batch.Outputs);
        for (int i = 0; i < _metrics.Length; i++)
        {
            ref readonly Place place = ref _places[i];
            if (_metrics[i] is ScoreMetric score)
                score.Keep(batch, _scores[i].AsSpan(sample * place.Scores, batch.Rows * place.Scores));
            else if (place.Sums == 0)
                ((SumMetric)_metrics[i]).Add(batch, own.Counts.AsSpan(place.Count, place.Counts), []);
        }

        if (_sums.Length > 1 || !losses.IsEmpty)
            AddChunks(own, chunk, batch, losses);
    }

    /// <summary>Combines what the workers have added, in their order.</summary>
    public void Merge()
    {
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            Worker other = _workers[worker];
            NonFiniteCount += other.NonFinite;
            IgnoredCount += other.Ignored;
            other.NonFinite = other.Ignored = 0;
            if (worker == 0)
                continue;
            _tree.Take(other.Tree);
            for (int i = 0; i < _counts.Length; i++)
                _counts[i] += other.Counts[i];
            Array.Clear(other.Counts);
        }
    }

    /// <summary>Returns the results over all samples, in the order of the metrics.</summary>
    public MetricResult[] Compute()
    {
        Merge();
        _tree.Total(_sums);
        var results = new MetricResult[_metrics.Length];
        for (int i = 0; i < results.Length; i++)
        {
            Place place = _places[i];
            results[i] = _metrics[i] is ScoreMetric score
                ? score.Compute(_task, IgnoredCount == 0 ? _scores[i].AsSpan(0, _samples * place.Scores) : CountedRows.Select(_scores[i], place.Scores, _scores[^1].AsSpan(0, _samples)))
                : ((SumMetric)_metrics[i]).Compute(_task, _counts.AsSpan(place.Count, place.Counts), _sums.AsSpan(place.Sum, place.Sums));
        }

        return results;
    }

    /// <summary>Returns the sum of the losses so far, after <see cref="Merge"/>.</summary>
    public double CurrentLossSum()
    {
        _tree.Total(_sums);
        return _sums[0];
    }

    /// <summary>Returns the number of rows with a value that is not finite. Usually there is none, which a pass over all rows at once shows sooner.</summary>
    private static int CountNonFinite(ReadOnlyMatrixView outputs)
    {
        if (TensorPrimitives.IsFiniteAll(outputs.Values))
            return 0;
        int count = 0;
        for (int row = 0; row < outputs.Rows; row++)
            count += TensorPrimitives.IsFiniteAll(outputs.Row(row)) ? 0 : 1;
        return count;
    }

    private void AddChunks(Worker own, long chunk, MetricBatch batch, ReadOnlySpan<double> losses)
    {
        for (int start = 0; start < batch.Rows; start += ChunkRows)
        {
            MetricBatch rows = batch.Slice(start, Math.Min(ChunkRows, batch.Rows - start));
            AddChunk(own, chunk++, rows, losses.IsEmpty ? 0 : losses[start / ChunkRows]);
        }
    }

    private void AddChunk(Worker own, long chunk, MetricBatch rows, double loss)
    {
        Span<double> sums = own.Tree.Next();
        sums[0] = loss;
        for (int i = 0; i < _metrics.Length; i++)
        {
            ref readonly Place place = ref _places[i];
            if (place.Sums > 0)
                ((SumMetric)_metrics[i]).Add(rows, own.Counts.AsSpan(place.Count, place.Counts), sums.Slice(place.Sum, place.Sums));
        }

        own.Tree.Add(chunk);
    }

    /// <summary>The samples of a block whose label counts, each chunk by itself.</summary>
    private void AddCounted(Worker own, long chunk, int sample, MetricBatch batch, int ignored, ReadOnlySpan<double> losses)
    {
        for (int start = 0; start < batch.Rows; start += ChunkRows)
        {
            MetricBatch rows = batch.Slice(start, Math.Min(ChunkRows, batch.Rows - start)), counted = own.Counted.Of(rows, ignored);
            own.Ignored += rows.Rows - counted.Rows;
            own.NonFinite += CountNonFinite(counted.Outputs);
            for (int i = 0; i < _metrics.Length; i++)
            {
                ref readonly Place place = ref _places[i];
                if (_metrics[i] is ScoreMetric score)
                    KeepCounted(score, rows, ignored, _scores[i].AsSpan((sample + start) * place.Scores, rows.Rows * place.Scores));
                else if (place.Sums == 0)
                    ((SumMetric)_metrics[i]).Add(counted, own.Counts.AsSpan(place.Count, place.Counts), []);
            }

            AddChunk(own, chunk++, counted, losses.IsEmpty ? 0 : losses[start / ChunkRows]);
        }
    }

    private static void KeepCounted(ScoreMetric score, MetricBatch rows, int ignored, Span<float> scores)
    {
        int length = scores.Length / rows.Rows;
        for (int row = 0; row < rows.Rows; row++)
        {
            if (rows.Labels[row] != ignored)
                score.Keep(rows.Slice(row, 1), scores.Slice(row * length, length));
        }
    }

    /// <summary>The offsets of a metric's counts and sums, their numbers, and the number of values that it stores for a sample.</summary>
    private readonly record struct Place(int Count, int Counts, int Sum, int Sums, int Scores);

    /// <summary>The state of one worker.</summary>
    private sealed class Worker(long[] counts, SumTree tree)
    {
        private float[] _probabilities = [];

        public long[] Counts { get; } = counts;

        public SumTree Tree { get; } = tree;

        public CountedRows Counted { get; } = new();

        public int NonFinite { get; set; }

        public int Ignored { get; set; }

        public ReadOnlyMatrixView Probabilities(ReadOnlyMatrixView outputs, OutputActivation activation)
        {
            int columns = outputs.Columns;
            if (_probabilities.Length < outputs.Rows * columns)
                _probabilities = new float[outputs.Rows * columns];
            Span<float> values = _probabilities.AsSpan(0, outputs.Rows * columns);
            for (int row = 0; row < outputs.Rows; row++)
                outputs.Row(row).CopyTo(values.Slice(row * columns, columns));
            (activation == OutputActivation.LogSoftmax ? OutputActivation.Softmax : activation).Apply(values, columns);
            return new(values, outputs.Rows, columns);
        }
    }
}
