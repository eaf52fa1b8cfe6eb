namespace NeuralNetFromScratch;

/// <summary>
/// Takes metrics over samples that come in blocks, from several workers. Counts are added exactly; sums are taken over chunks of samples and
/// added in a binary tree over the chunks' numbers; scores are placed by the sample's number. So the result has the same bits whoever takes
/// which block, as long as blocks begin at chunks. It allocates nothing once warm.
/// </summary>
/// <remarks>
/// Each worker adds blocks in ascending order; before a worker adds a block that lies before one that another worker has added,
/// <see cref="Merge"/> is called between. A training calls it after each block that workers share, an evaluation once, at the end.
/// </remarks>
internal sealed class MetricAccumulator
{
    /// <summary>Samples of a chunk. Part of the results: another number gives other bits.</summary>
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
    private int _samples;

    /// <exception cref="ArgumentException">A metric is not defined for the task, or two have the same name.</exception>
    public MetricAccumulator(MetricTask task, IReadOnlyList<Metric> metrics, int workers)
    {
        _task = task;
        _metrics = [.. metrics];
        _places = new Place[_metrics.Length];
        // The first sum is that of the losses.
        (int counts, int sums) = (0, 1);
        for (int i = 0; i < _metrics.Length; i++)
        {
            Metric metric = _metrics[i] ?? throw new ArgumentException("a metric is null", nameof(metrics));
            if (Array.FindIndex(_metrics, other => other.Name == metric.Name) < i)
                throw new ArgumentException($"two metrics are called \"{metric.Name}\"", nameof(metrics));
            metric.Check(task);
            (int ofCounts, int ofSums) = metric is SumMetric sum ? sum.Sizes(task) : (0, 0);
            _places[i] = new(counts, ofCounts, sums, ofSums, (metric as ScoreMetric)?.ScoresPerSample(task) ?? 0);
            counts = checked(counts + ofCounts);
            sums = checked(sums + ofSums);
            _needsProbabilities |= metric.NeedsProbabilities;
        }

        _scores = [.. Enumerable.Repeat(Array.Empty<float>(), _metrics.Length)];
        _counts = new long[counts];
        _sums = new double[sums];
        _tree = new SumTree(sums);
        _workers = new Worker[workers];
        // Worker 0 counts where the totals are.
        for (int worker = 0; worker < workers; worker++)
            _workers[worker] = new Worker(worker == 0 ? _counts : new long[counts], worker == 0 ? _tree : new SumTree(sums));
    }

    public IReadOnlyList<Metric> Metrics => _metrics;

    /// <summary>Number of samples with an output that is NaN or infinite.</summary>
    public int NonFiniteCount { get; private set; }

    /// <summary>The sum of all samples' losses, after <see cref="Compute"/>.</summary>
    public double LossSum => _sums[0];

    /// <summary>Forgets all samples.</summary>
    /// <param name="samples">How many will come at most.</param>
    public void Reset(int samples)
    {
        _samples = samples;
        NonFiniteCount = 0;
        for (int i = 0; i < _metrics.Length; i++)
        {
            int length = checked(samples * _places[i].Scores);
            if (_scores[i].Length < length)
                _scores[i] = new float[length];
        }

        foreach (Worker worker in _workers)
        {
            Array.Clear(worker.Counts);
            worker.Tree.Clear();
            worker.NonFinite = 0;
        }
    }

    /// <summary>Takes a block of outputs, with labels or else dense targets.</summary>
    /// <param name="worker">Who takes it.</param>
    /// <param name="chunk">The number of its first chunk: chunks are numbered through, in the order of the samples.</param>
    /// <param name="sample">The number of its first sample.</param>
    /// <param name="outputs">The outputs before the output activation.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="targets">The dense targets.</param>
    /// <param name="losses">The sum of the losses of each chunk of the block; empty where no loss is wanted.</param>
    public void Add(
        int worker, long chunk, int sample, ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, ReadOnlyMatrixView targets, ReadOnlySpan<double> losses)
    {
        ReadOnlyMatrixView probabilities = default;
        if (_needsProbabilities)
            probabilities = _task.OutputActivation == OutputActivation.None ? outputs : _workers[worker].Probabilities(outputs, _task.OutputActivation);
        Add(worker, chunk, sample, new MetricBatch(_task, outputs, probabilities, labels, targets, isActivated: false), losses);
    }

    /// <summary>Takes a block of samples.</summary>
    public void Add(int worker, long chunk, int sample, MetricBatch batch, ReadOnlySpan<double> losses)
    {
        Worker own = _workers[worker];
        for (int row = 0; row < batch.Rows; row++)
            own.NonFinite += IsFinite(batch.Outputs.Row(row)) ? 0 : 1;
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

    /// <summary>Brings together what the workers have added, in their order.</summary>
    public void Merge()
    {
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            Worker other = _workers[worker];
            NonFiniteCount += other.NonFinite;
            other.NonFinite = 0;
            if (worker == 0)
                continue;
            _tree.Take(other.Tree);
            for (int i = 0; i < _counts.Length; i++)
                _counts[i] += other.Counts[i];
            Array.Clear(other.Counts);
        }
    }

    /// <summary>The figures of all samples, in the order of the metrics.</summary>
    public MetricResult[] Compute()
    {
        Merge();
        _tree.Total(_sums);
        var results = new MetricResult[_metrics.Length];
        for (int i = 0; i < results.Length; i++)
        {
            Place place = _places[i];
            results[i] = _metrics[i] is ScoreMetric score
                ? score.Compute(_task, _scores[i].AsSpan(0, _samples * place.Scores))
                : ((SumMetric)_metrics[i]).Compute(_task, _counts.AsSpan(place.Count, place.Counts), _sums.AsSpan(place.Sum, place.Sums));
        }

        return results;
    }

    /// <summary>The sum of the losses so far, after <see cref="Merge"/>.</summary>
    public double CurrentLossSum()
    {
        _tree.Total(_sums);
        return _sums[0];
    }

    /// <summary>What has been added so far, after <see cref="Merge"/>.</summary>
    public MetricState Save()
    {
        var nodes = new long[2 * _tree.NodeCount];
        for (int node = 0; node < _tree.NodeCount; node++)
            (nodes[2 * node], nodes[2 * node + 1]) = _tree.Nodes[node];
        return new([.. _counts], _tree.Values.ToArray(), nodes, [.. _scores.Select((scores, i) => scores[..(_samples * _places[i].Scores)])], NonFiniteCount);
    }

    /// <summary>Brings back what <see cref="Save"/> gave.</summary>
    /// <exception cref="InvalidDataException">It is of other metrics; nothing has changed.</exception>
    public void Restore(MetricState state, int samples)
    {
        if (state.Counts.Length != _counts.Length || state.Nodes.Length % 2 != 0 || state.Sums.Length != (long)state.Nodes.Length / 2 * _sums.Length
            || state.Scores.Length != _scores.Length || state.Scores.Where((scores, i) => scores.Length % Math.Max(_places[i].Scores, 1) != 0 || (_places[i].Scores == 0 && scores.Length > 0)).Any())
            throw new InvalidDataException("the figures of the epoch under way are not those of this training's metrics");
        int capacity = state.Scores.Select((scores, i) => _places[i].Scores == 0 ? samples : scores.Length / _places[i].Scores).DefaultIfEmpty(samples).Max();
        if (samples > capacity)
            throw new InvalidDataException($"the figures of the epoch under way are of {samples} samples, but there are scores of {capacity}");
        Reset(capacity);
        state.Counts.CopyTo(_counts, 0);
        NonFiniteCount = state.NonFinite;
        for (int i = 0; i < _scores.Length; i++)
            state.Scores[i].CopyTo(_scores[i], 0);
        for (int node = 0; node < state.Nodes.Length / 2; node++)
        {
            state.Sums.AsSpan(node * _sums.Length, _sums.Length).CopyTo(_tree.Next());
            _tree.Add(state.Nodes[2 * node], (int)Math.Clamp(state.Nodes[2 * node + 1], 0, 62));
        }
    }

    private void AddChunks(Worker own, long chunk, MetricBatch batch, ReadOnlySpan<double> losses)
    {
        for (int start = 0; start < batch.Rows; start += ChunkRows)
        {
            MetricBatch rows = batch.Slice(start, Math.Min(ChunkRows, batch.Rows - start));
            Span<double> sums = own.Tree.Next();
            sums[0] = losses.IsEmpty ? 0 : losses[start / ChunkRows];
            for (int i = 0; i < _metrics.Length; i++)
            {
                ref readonly Place place = ref _places[i];
                if (place.Sums > 0)
                    ((SumMetric)_metrics[i]).Add(rows, own.Counts.AsSpan(place.Count, place.Counts), sums.Slice(place.Sum, place.Sums));
            }

            own.Tree.Add(chunk++);
        }
    }

    /// <summary>x − x is 0 for every finite x, NaN for the others.</summary>
    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        float sum = 0;
        foreach (float value in values)
            sum += value - value;
        return sum == 0;
    }

    /// <summary>Where a metric's counts and sums lie, and how many numbers of a sample it keeps.</summary>
    private readonly record struct Place(int Count, int Counts, int Sum, int Sums, int Scores);

    /// <summary>What one worker adds to.</summary>
    private sealed class Worker(long[] counts, SumTree tree)
    {
        private float[] _probabilities = [];

        public long[] Counts { get; } = counts;

        public SumTree Tree { get; } = tree;

        public int NonFinite { get; set; }

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

/// <summary>What a <see cref="MetricAccumulator"/> has added so far, for checkpoints.</summary>
/// <param name="Counts">All metrics' counts.</param>
/// <param name="Sums">The sums of the subtrees of chunks, one after another.</param>
/// <param name="Nodes">First chunk and level of each subtree.</param>
/// <param name="Scores">Each metric's kept numbers.</param>
/// <param name="NonFinite">Number of samples with an output that is NaN or infinite.</param>
internal sealed record MetricState(long[] Counts, double[] Sums, long[] Nodes, float[][] Scores, int NonFinite);
