using System.Diagnostics;
using System.Globalization;
using NeuralNetFromScratch.Benchmarks.Comparison;
using NeuralNetFromScratch.Benchmarks.Scaling;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Threads;

/// <summary>Steps in eight shards, in turn with one team of all threads and with one team for each thread: the same bits in both cases.</summary>
internal static class TeamRows
{
    private const int Shards = 8;
    private const double SecondsOfRow = 6, SecondsOfRun = 0.05;

    public static void Add(Report report)
    {
        int threads = new Engine().ThreadCount;
        foreach ((Workload workload, int batch) in ((Workload, int)[])[(Workload.All[0], 128), (Workload.All[0], 512), (Workload.All[1], 128), (Workload.All[1], 1024), (Workload.All[2], 256), (Workload.All[2], 1024)])
        {
            Timing[] times = Interleaved.Run(SecondsOfRow, Run(workload, batch, threads, teams: threads), Run(workload, batch, threads, teams: 1));
            string name = string.Create(CultureInfo.InvariantCulture, $"{workload.Name}, batch {batch}, {threads} teams");
            report.AddAtMost(name, 1e3 * times[0].Best, 1e3 * times[1].Best, "ms", times[0].Best / times[1].Best, 1, times[0].Median / times[1].Median);
        }
    }

    /// <summary>Seconds of a step.</summary>
    private static Func<double> Run(Workload workload, int batch, int threads, int teams)
    {
        var engine = new Engine(threads, SimdWidths.Best);
        var trainer = new Trainer(workload.Network(), new SoftmaxCrossEntropy(), workload.Optimizer(), engine, new GradientExchange(Communicator.Alone, Shards) { TeamCount = teams });
        Dataset samples = SyntheticDigits.Create(batch, 1);
        int[] indices = [.. Enumerable.Range(0, batch)];
        return () =>
        {
            long start = Stopwatch.GetTimestamp();
            double best = double.PositiveInfinity;
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsOfRun)
            {
                long begun = Stopwatch.GetTimestamp();
                trainer.Exchange(trainer.ComputeGradients(trainer.Load(samples, indices)));
                trainer.Update();
                best = Math.Min(best, Stopwatch.GetElapsedTime(begun).TotalSeconds);
            }

            return best;
        };
    }
}
