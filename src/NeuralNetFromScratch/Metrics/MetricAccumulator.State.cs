namespace NeuralNetFromScratch;

/// <summary>What has been added is written to checkpoints and read from them, and taken in shares by the processes of a cluster.</summary>
internal sealed partial class MetricAccumulator
{
    /// <summary>The samples with an output that is not finite, and those that are ignored, are counted beside the metrics' counts.</summary>
    private const int OwnCounts = 2;

    /// <summary>The number of sums of all metrics, with that of the losses.</summary>
    public int SumCount => _sums.Length;

    /// <summary>The number of counts of all metrics, with those of <see cref="NonFiniteCount"/> and <see cref="IgnoredCount"/>.</summary>
    public int CountCount => _counts.Length + OwnCounts;

    /// <summary>The number of samples that it has room for.</summary>
    public int SampleCapacity => _samples;

    /// <summary>Whether a metric stores scores.</summary>
    public bool HasScores => Array.Exists(_places, place => place.Scores > 0);

    /// <summary>Takes the sums and counts of what has been added and leaves zeros; scores stay.</summary>
    /// <param name="sums">Receives the sums: [<see cref="SumCount"/>].</param>
    /// <param name="counts">The counts are added to it: [<see cref="CountCount"/>].</param>
    public void Take(Span<double> sums, Span<long> counts)
    {
        Merge();
        _tree.Total(sums);
        _tree.Clear();
        for (int i = 0; i < _counts.Length; i++)
            counts[i] += _counts[i];
        Array.Clear(_counts);
        counts[^2] += NonFiniteCount;
        counts[^1] += IgnoredCount;
        NonFiniteCount = IgnoredCount = 0;
    }

    /// <summary>Adds sums and counts as those of one chunk.</summary>
    public void AddTotals(long chunk, ReadOnlySpan<double> sums, ReadOnlySpan<long> counts)
    {
        sums.CopyTo(_tree.Next());
        _tree.Add(chunk);
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += counts[i];
        NonFiniteCount += (int)counts[^2];
        IgnoredCount += (int)counts[^1];
    }

    /// <summary>The number of arrays of scores, one for each metric, and one that marks the samples that count.</summary>
    public int ScoreArrays => _places.Length;

    /// <summary>The number of scores of a sample in an array.</summary>
    public int ScoresPerSample(int array) => _places[array].Scores;

    /// <summary>The scores of all samples of an array.</summary>
    public Span<float> Scores(int array) => _scores[array].AsSpan(0, _samples * _places[array].Scores);

    /// <summary>Copies the scores of some samples to another accumulator of the same metrics.</summary>
    /// <param name="other">The other accumulator.</param>
    /// <param name="start">The index of the first sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="destination">The index of the first sample in the other accumulator.</param>
    public void CopyScores(MetricAccumulator other, int start, int count, int destination)
    {
        for (int i = 0; i < _places.Length; i++)
        {
            int width = _places[i].Scores;
            Scores(i).Slice(start * width, count * width).CopyTo(other.Scores(i)[(destination * width)..]);
        }
    }

    /// <summary>What has been added so far, after <see cref="Merge"/>.</summary>
    public MetricState Save()
    {
        var nodes = new long[2 * _tree.NodeCount];
        for (int node = 0; node < _tree.NodeCount; node++)
            (nodes[2 * node], nodes[2 * node + 1]) = _tree.Nodes[node];
        return new([.. _counts], _tree.Values.ToArray(), nodes, [.. _scores.Select((scores, i) => scores[..(_samples * _places[i].Scores)])], NonFiniteCount, IgnoredCount);
    }

    /// <summary>Brings back what <see cref="Save"/> gave.</summary>
    /// <exception cref="InvalidDataException">It is of other metrics; nothing has changed.</exception>
    public void Restore(MetricState state, int samples)
    {
        if (state.Counts.Length != _counts.Length || state.Nodes.Length % 2 != 0 || state.Sums.Length != (long)state.Nodes.Length / 2 * _sums.Length
            || state.Scores.Length != _scores.Length || state.Scores.Where((scores, i) => scores.Length % Math.Max(_places[i].Scores, 1) != 0 || (_places[i].Scores == 0 && scores.Length > 0)).Any())
            throw new InvalidDataException("the metric state of the unfinished epoch belongs to other metrics");
        int capacity = state.Scores.Select((scores, i) => _places[i].Scores == 0 ? samples : scores.Length / _places[i].Scores).DefaultIfEmpty(samples).Max();
        if (samples > capacity)
            throw new InvalidDataException($"the metric state of the unfinished epoch has {samples} samples, but scores of {capacity}");
        Reset(capacity);
        state.Counts.CopyTo(_counts, 0);
        (NonFiniteCount, IgnoredCount) = (state.NonFinite, state.Ignored);
        for (int i = 0; i < _scores.Length; i++)
            state.Scores[i].CopyTo(_scores[i], 0);
        for (int node = 0; node < state.Nodes.Length / 2; node++)
        {
            state.Sums.AsSpan(node * _sums.Length, _sums.Length).CopyTo(_tree.Next());
            _tree.Add(state.Nodes[2 * node], (int)Math.Clamp(state.Nodes[2 * node + 1], 0, 62));
        }
    }
}

/// <summary>What a <see cref="MetricAccumulator"/> has added so far, for checkpoints.</summary>
/// <param name="Counts">All metrics' counts.</param>
/// <param name="Sums">The sums of the subtrees of chunks, one after another.</param>
/// <param name="Nodes">First chunk and level of each subtree.</param>
/// <param name="Scores">Each metric's kept numbers.</param>
/// <param name="NonFinite">Number of samples with an output that is NaN or infinite.</param>
/// <param name="Ignored">Number of samples whose label is ignored.</param>
internal sealed record MetricState(long[] Counts, double[] Sums, long[] Nodes, float[][] Scores, int NonFinite, int Ignored);
