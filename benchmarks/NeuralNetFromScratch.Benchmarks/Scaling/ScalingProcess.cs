using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using NeuralNetFromScratch.Mpi;

namespace NeuralNetFromScratch.Benchmarks.Scaling;

/// <summary>What each process does that <see cref="ScalingCommand"/> starts: it trains the networks with the others, and rank 0 prints figures.</summary>
internal static class ScalingProcess
{
    public const string Verb = "scaling-process", StepWord = "step", LinkWord = "link";

    /// <summary>The number of shards, which one, two, four or eight processes compute.</summary>
    public const int Shards = 8;

    private const int Rounds = 7, SumRounds = 12, SmallRounds = 2000, SumLength = 1 << 24;
    private const double RoundSeconds = 0.4;

    /// <param name="threads">The threads of each process; 0 for as many as it has cores.</param>
    public static int Run(int threads)
    {
        using MpiCluster cluster = MpiCluster.Join();
        var collectives = new Collectives(cluster);
        foreach (Workload workload in Workload.All)
        {
            StepFigures figures = Step(cluster, collectives, workload, threads == 0 ? cluster.ThreadCount : threads);
            Print(cluster, $"{StepWord} {workload.Name.Replace(' ', '_')} {figures}");
        }

        if (cluster.RankCount == 2)
            Print(cluster, $"{LinkWord} {Link(cluster, collectives)}");
        return 0;
    }

    private static StepFigures Step(MpiCluster cluster, Collectives collectives, Workload workload, int threads)
    {
        Sequential network = workload.Network();
        GradientExchange exchange = cluster.Exchange(Shards);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), workload.Optimizer(), new TrainerOptions { ThreadCount = threads, Exchange = exchange });
        StepFigures best = Round(2);
        // The processes do as many steps.
        int steps = (int)collectives.BroadcastBlob([(byte)Math.Clamp((int)(RoundSeconds / best.Step), 2, byte.MaxValue)])[0];
        for (int round = 0; round < Rounds; round++)
        {
            StepFigures next = Round(steps);
            best = next.Step < best.Step || round == 0 ? next : best;
        }

        return best with { Exchange = cluster.RankCount == 1 ? 0 : ExchangeSeconds(collectives, network) };

        StepFigures Round(int count)
        {
            ExchangeStatistics before = exchange.Statistics;
            Dataset samples = SyntheticDigits.Create(workload.Batch, 1).Subset([.. Enumerable.Range(0, count * workload.Batch).Select(i => i % workload.Batch)]);
            double seconds = trainer.Fit(samples, new FitOptions { Epochs = 1, BatchSize = workload.Batch, Metrics = [] }).Epochs[0].Duration.TotalSeconds;
            ExchangeStatistics after = exchange.Statistics;
            return new(seconds / count, (after.Computing - before.Computing).TotalSeconds / count, (after.Waiting - before.Waiting).TotalSeconds / count, 0);
        }
    }

    /// <summary>Seconds in which the gradients of a step are exchanged while nothing is computed.</summary>
    private static double ExchangeSeconds(Collectives collectives, Sequential network)
    {
        var buckets = new GradientBuckets(network);
        float[] gradients = new float[network.Parameters.Values.Length];
        return Best(collectives, SumRounds, () =>
        {
            for (int bucket = 0; bucket < buckets.Count; bucket++)
                collectives.Sum(gradients.AsSpan(buckets[bucket].Start, buckets[bucket].Length));
        });
    }

    private static LinkFigures Link(MpiCluster cluster, Collectives collectives)
    {
        byte[] few = new byte[8], received = new byte[8];
        float[] values = new float[SumLength], others = new float[SumLength];
        var half = SumLength / 2;
        double latency = Best(collectives, SumRounds, () =>
        {
            for (int i = 0; i < SmallRounds; i++)
                cluster.Swap(few, received, 1 - cluster.Rank);
        }) / SmallRounds;
        double swap = Best(collectives, SumRounds, () => cluster.Swap(Bytes(values), Bytes(others), 1 - cluster.Rank));
        double addition = Best(collectives, SumRounds, () => TensorPrimitives.Add(values.AsSpan(half), others.AsSpan(half), values.AsSpan(half)));
        double sum = Best(collectives, SumRounds, () => collectives.Sum(values));
        double copy = Best(collectives, SumRounds, () =>
        {
            values.CopyTo(others.AsSpan());
            TensorPrimitives.Add(values.AsSpan(half), others.AsSpan(half), values.AsSpan(half));
        });
        const double Total = (double)SumLength * sizeof(float);
        return new(latency, Total / swap, Total / 2 / addition, sum, copy);
    }

    /// <summary>The shortest of several runs that all processes begin together; of the slowest process.</summary>
    private static double Best(Collectives collectives, int rounds, Action run)
    {
        double best = double.PositiveInfinity;
        long[] begun = new long[1];
        double[] seconds = new double[2];
        for (int round = 0; round < rounds; round++)
        {
            collectives.Sum([], begun);
            long start = Stopwatch.GetTimestamp();
            run();
            seconds.AsSpan().Clear();
            seconds[collectives.Rank & 1] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            collectives.Sum(seconds, []);
            best = Math.Min(best, seconds.Max());
        }

        return best;
    }

    private static Span<byte> Bytes(float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan());

    private static void Print(MpiCluster cluster, FormattableString line)
    {
        if (cluster.Rank == 0)
            Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
