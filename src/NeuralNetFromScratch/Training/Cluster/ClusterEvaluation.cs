using System.Runtime.InteropServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>An evaluation whose blocks are divided among the processes of a cluster. Each process evaluates consecutive blocks.</summary>
internal sealed class ClusterEvaluation(Collectives collectives) : IEvaluationShare
{
    public Section Blocks(int blocks) => BlocksOf(blocks, collectives.Rank);

    public MetricState Merge(MetricState own, int blocks, int blockRows, int samples)
    {
        long[] counts = [.. own.Counts, own.NonFinite, own.Ignored];
        collectives.Sum([], counts);
        for (int i = 0; i < own.Scores.Length; i++)
        {
            int width = own.Scores[i].Length / samples * sizeof(float);
            int[] bounds = [.. Enumerable.Range(0, collectives.RankCount).Select(rank => Math.Min(BlocksOf(blocks, rank).Start * blockRows, samples) * width), samples * width];
            collectives.Gather(MemoryMarshal.AsBytes(own.Scores[i].AsSpan()), bounds);
        }

        long[] nodes = Join<long>(own.Nodes);
        double[] sums = Join<double>(own.Sums);
        return new MetricState(counts[..^2], sums, nodes, own.Scores, (int)counts[^2], (int)counts[^1]);
    }

    private Section BlocksOf(int blocks, int rank) => Section.Of(blocks, 1, rank, collectives.RankCount);

    /// <summary>Returns the elements of all processes, in the order of their ranks.</summary>
    private T[] Join<T>(ReadOnlySpan<T> own)
        where T : unmanaged => [.. collectives.Gather(MemoryMarshal.AsBytes(own)).SelectMany(bytes => MemoryMarshal.Cast<byte, T>(bytes).ToArray())];
}
