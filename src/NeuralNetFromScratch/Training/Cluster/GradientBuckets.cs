namespace NeuralNetFromScratch;

/// <summary>
/// The ranges of the gradients that are exchanged one after another. The ranges of the last layers come first, as in the backward pass. They depend only on the
/// parameters, so that all processes exchange the same ranges, even a process whose shards are empty.
/// </summary>
internal sealed class GradientBuckets
{
    /// <summary>The minimum number of floats in each range except the last: 1 MB. Sending it takes longer than the latency of a message.</summary>
    private const int LeastLength = 1 << 18;

    private readonly List<(int Start, int Length)> _ranges = [];

    public GradientBuckets(Sequential network)
    {
        ParameterStore parameters = network.Parameters;
        int end = parameters.ElementCount;
        for (int i = network.Nodes.Length - 1; i >= 0; i--)
        {
            ChainNode node = network.Nodes[i];
            int start = node.ParameterCount == 0 ? end : parameters[node.FirstParameter].Offset;
            if (end - start >= LeastLength)
                Add(start, ref end);
        }

        if (end > 0)
            Add(0, ref end);
    }

    public int Count => _ranges.Count;

    public (int Start, int Length) this[int bucket] => _ranges[bucket];

    private void Add(int start, ref int end)
    {
        _ranges.Add((start, end - start));
        end = start;
    }
}
