namespace NeuralNetFromScratch;

/// <summary>What has been added is written to checkpoints and read from them.</summary>
internal sealed partial class MetricAccumulator
{
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
