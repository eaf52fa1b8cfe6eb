using System.Numerics;
using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Adds the gradients of the consecutive shards of one team in a binary tree: two shards, two pairs, and so on. A sum is kept on its level of a stack until its
/// sibling is computed, as in a binary counter. The sums have the same memory layout as the gradients.
/// </summary>
internal sealed class ShardTree(ParameterStore parameters, Engine engine, int shards)
{
    private readonly AlignedBuffer[] _levels = [.. Enumerable.Range(0, BitOperations.Log2((uint)shards)).Select(_ => new AlignedBuffer(parameters.ElementCount))];

    /// <summary>Adds the gradients of a shard other than the last to the tree.</summary>
    /// <param name="shard">The index of the shard among those of the team.</param>
    public void Keep(int shard) => Run(shard, 0, parameters.ElementCount, BitOperations.TrailingZeroCount(~shard));

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

/// <summary>
/// Adds the sums of the teams' shards in a binary tree, block by block, so that the sums of pairs stay in the cache. The result replaces the gradients of the first
/// team.
/// </summary>
/// <param name="teams">The teams in the order of their shards; a power of two, at least 2.</param>
/// <param name="start">The index of the first element of a range of the gradients.</param>
/// <param name="length">The length of the range.</param>
internal readonly struct AddTeamsJob(ShardTeam[] teams, int start, int length) : IJob
{
    private const int BlockLength = 1024;

    public void Run(int worker, int workers)
    {
        var share = Section.Of(length, AlignedMemory.Alignment, worker, workers);
        Span<float> levels = stackalloc float[BlockLength * (BitOperations.Log2((uint)teams.Length) - 1)];
        for (int from = share.Start; from < share.End; from += BlockLength)
            Add(start + from, Math.Min(BlockLength, share.End - from), levels);
    }

    private void Add(int from, int count, Span<float> levels)
    {
        int pairs = teams.Length / 2;
        for (int pair = 0; pair < pairs; pair++)
        {
            int siblings = BitOperations.TrailingZeroCount(~pair);
            Span<float> sum = pair == pairs - 1 ? teams[0].Gradients.Slice(from, count) : levels.Slice(siblings * BlockLength, count);
            TensorPrimitives.Add(teams[2 * pair].Gradients.Slice(from, count), teams[2 * pair + 1].Gradients.Slice(from, count), sum);
            for (int sibling = 0; sibling < siblings; sibling++)
                TensorPrimitives.Add(levels.Slice(sibling * BlockLength, count), sum, sum);
        }
    }
}
