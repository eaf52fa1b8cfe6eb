namespace NeuralNetFromScratch;

/// <summary>
/// The ranges of the gradients that are exchanged one after another, the last layers first, as the backward pass computes them. They depend on the parameters
/// alone, so that all processes exchange the same ranges, even one whose shards are empty.
/// </summary>
internal sealed class GradientBuckets
{
    /// <summary>Floats of a range at least, except in the last: 1 MB, which takes longer to send than a message takes to arrive.</summary>
    private const int LeastLength = 1 << 18;

    private readonly List<(int Start, int Length)> _ranges = [];

    public GradientBuckets(Sequential network)
    {
        ParameterStore parameters = network.Parameters;
        int end = parameters.Values.Length;
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
