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
        bool isAlone = cluster.RankCount == 1;
        GradientExchange exchange = cluster.Exchange(Shards);
        Trainer trainer = TrainerOf(exchange);
        // The work of one process without shards, or of several without an exchange.
        Trainer other = TrainerOf(isAlone ? null : new GradientExchange(Communicator.Alone, Shards / cluster.RankCount));
        StepFigures best = Round(2);
        // The processes do as many steps.
        int steps = (int)collectives.BroadcastBlob([(byte)Math.Clamp((int)(RoundSeconds / best.Step), 2, byte.MaxValue)])[0];
        double bestOther = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            StepFigures next = Round(steps);
            best = next.Step < best.Step || round == 0 ? next : best;
            bestOther = Math.Min(bestOther, Slowest(collectives, () => Seconds(other, workload.Batch / cluster.RankCount, steps)));
        }

        return isAlone ? best with { Whole = bestOther } : best with { Exchange = ExchangeSeconds(collectives, workload.Network()), Apart = bestOther };

        Trainer TrainerOf(GradientExchange? shared) =>
            new(workload.Network(), new SoftmaxCrossEntropy(), workload.Optimizer(), new TrainerOptions { ThreadCount = threads, Exchange = shared });

        StepFigures Round(int count)
        {
            ExchangeStatistics before = exchange.Statistics;
            double step = Seconds(trainer, workload.Batch, count);
            ExchangeStatistics after = exchange.Statistics;
            return new(step, (after.Computing - before.Computing).TotalSeconds / count, (after.Waiting - before.Waiting).TotalSeconds / count);
        }
    }

    /// <summary>Seconds of a step of an epoch.</summary>
    private static double Seconds(Trainer trainer, int batch, int steps)
    {
        Dataset samples = SyntheticDigits.Create(batch, 1).Subset([.. Enumerable.Range(0, steps * batch).Select(i => i % batch)]);
        return trainer.Fit(samples, new FitOptions { Epochs = 1, BatchSize = batch, Metrics = [] }).Epochs[0].Duration.TotalSeconds / steps;
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
        for (int round = 0; round < rounds; round++)
        {
            best = Math.Min(best, Slowest(collectives, () =>
            {
                long start = Stopwatch.GetTimestamp();
                run();
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            }));
        }

        return best;
    }

    /// <summary>The longest time of a run that all processes begin together.</summary>
    private static double Slowest(Collectives collectives, Func<double> run)
    {
        collectives.Sum([], new long[1]);
        double[] seconds = new double[collectives.RankCount];
        seconds[collectives.Rank] = run();
        collectives.Sum(seconds, []);
        return seconds.Max();
    }

    private static Span<byte> Bytes(float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan());

    private static void Print(MpiCluster cluster, FormattableString line)
    {
        if (cluster.Rank == 0)
            Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
