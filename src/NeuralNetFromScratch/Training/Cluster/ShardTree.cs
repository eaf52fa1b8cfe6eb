using System.Numerics;
using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Adds the gradients of the shards of one process in a binary tree: two shards, two pairs, and so on. A sum is kept on its level of a stack until its sibling is
/// computed, as in a binary counter. The sums have the same memory layout as the gradients.
/// </summary>
internal sealed class ShardTree(ParameterStore parameters, Engine engine, int shards)
{
    private readonly AlignedBuffer[] _levels = [.. Enumerable.Range(0, BitOperations.Log2((uint)shards)).Select(_ => new AlignedBuffer(parameters.Values.Length))];

    /// <summary>Adds the gradients of a shard other than the last to the tree.</summary>
    /// <param name="shard">The index of the shard among those of the process.</param>
    public void Keep(int shard) => Run(shard, 0, parameters.Values.Length, BitOperations.TrailingZeroCount(~shard));

    /// <summary>Adds all earlier shards to a range of the last shard's gradients.</summary>
    public void Finish(int start, int length)
    {
        if (_levels.Length > 0 && length > 0)
            Run(shards - 1, start, length, -1);
    }

    private void Run(int shard, int start, int length, int level) => engine.Run(
        new AddJob(_levels, BitOperations.TrailingZeroCount(~shard), level, parameters.Gradients.Slice(start, length), start), engine.WorkersFor(length, Tuning.UpdateGrain));

    /// <summary>Adds complete siblings to the gradients. The sum is stored on a level, or remains in the gradients.</summary>
    private readonly ref struct AddJob(AlignedBuffer[] levels, int siblings, int level, Span<float> gradients, int start) : IJob
    {
        private readonly Span<float> _gradients = gradients;

        public void Run(int worker, int workers)
        {
            var share = Section.Of(_gradients.Length, AlignedMemory.Alignment, worker, workers);
            Span<float> sum = _gradients.Slice(share.Start, share.Count);
            Span<float> kept = level < 0 ? sum : Level(level, share);
            for (int sibling = 0; sibling < siblings; sibling++)
                TensorPrimitives.Add(Level(sibling, share), sum, sibling == siblings - 1 ? kept : sum);
            if (siblings == 0)
                sum.CopyTo(kept);
        }

        private Span<float> Level(int number, Section share) => levels[number].Span.Slice(start + share.Start, share.Count);
    }
}

/// <summary>Adds the sums of the shards of one process in the same tree as <see cref="ShardTree"/>, in double precision.</summary>
internal sealed class ShardSums(int shards)
{
    private readonly double[][] _levels = [.. Enumerable.Repeat(Array.Empty<double>(), BitOperations.Log2((uint)shards) + 1)];

    /// <summary>Adds complete siblings to the sums of a shard, in place, and keeps the result on the stack.</summary>
    public void Add(int shard, Span<double> sums)
    {
        int siblings = BitOperations.TrailingZeroCount(~shard);
        for (int sibling = 0; sibling < siblings; sibling++)
            TensorPrimitives.Add(_levels[sibling].AsSpan(0, sums.Length), sums, sums);
        if (_levels[siblings].Length < sums.Length)
            _levels[siblings] = new double[sums.Length];
        sums.CopyTo(_levels[siblings]);
    }
}
