namespace NeuralNetFromScratch;

/// <summary>
/// Sums of chunks, added in a binary tree over the chunks' numbers: node (level l, number i) is the sum of chunks i·2^l to (i + 1)·2^l − 1, and
/// where the right half is missing, of the left alone. Chunks come in ascending order; of what came only the largest whole subtrees are kept,
/// at most two for each level. Trees over consecutive ranges of chunks joined in order give the same bits as one tree.
/// </summary>
/// <param name="length">Number of sums of a chunk.</param>
internal sealed class SumTree(int length)
{
    private double[] _values = [];
    private (long Start, int Level)[] _nodes = [];

    /// <summary>The subtrees so far.</summary>
    public int NodeCount { get; private set; }

    public ReadOnlySpan<(long Start, int Level)> Nodes => _nodes.AsSpan(0, NodeCount);

    /// <summary>The sums of the subtrees, one after another.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, NodeCount * length);

    public void Clear() => NodeCount = 0;

    /// <summary>Zeros for the sums of the next chunk, which <see cref="Add"/> takes over.</summary>
    public Span<double> Next()
    {
        if (NodeCount == _nodes.Length)
        {
            int capacity = Math.Max(8, 2 * NodeCount);
            Array.Resize(ref _nodes, capacity);
            Array.Resize(ref _values, checked(capacity * length));
        }

        Span<double> values = _values.AsSpan(NodeCount * length, length);
        values.Clear();
        return values;
    }

    /// <summary>Adds what <see cref="Next"/> gave.</summary>
    /// <param name="start">The number of the first chunk.</param>
    /// <param name="level">2^level chunks were added up.</param>
    public void Add(long start, int level = 0)
    {
        _nodes[NodeCount++] = (start, level);
        while (NodeCount > 1 && AreHalves(_nodes[NodeCount - 2], _nodes[NodeCount - 1]))
        {
            NodeCount--;
            AddTo(_values.AsSpan((NodeCount - 1) * length, length), _values.AsSpan(NodeCount * length, length));
            _nodes[NodeCount - 1].Level++;
        }
    }

    /// <summary>Takes over the chunks of another tree, which follow those of this one.</summary>
    public void Take(SumTree other)
    {
        for (int node = 0; node < other.NodeCount; node++)
        {
            other._values.AsSpan(node * length, length).CopyTo(Next());
            Add(other._nodes[node].Start, other._nodes[node].Level);
        }

        other.Clear();
    }

    /// <summary>The sums over all chunks.</summary>
    public void Total(Span<double> total)
    {
        total.Clear();
        if (NodeCount == 0)
            return;
        _values.AsSpan((NodeCount - 1) * length, length).CopyTo(total);
        for (int node = NodeCount - 2; node >= 0; node--)
            AddTo(total, _values.AsSpan(node * length, length));
    }

    private static bool AreHalves((long Start, int Level) left, (long Start, int Level) right)
    {
        long size = 1L << left.Level;
        return left.Level == right.Level && left.Start + size == right.Start && left.Start % (2 * size) == 0;
    }

    private static void AddTo(Span<double> sums, ReadOnlySpan<double> others)
    {
        for (int i = 0; i < sums.Length; i++)
            sums[i] += others[i];
    }
}
