using System.Diagnostics;
using System.Globalization;
using NeuralNetFromScratch.Benchmarks.Scaling;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Threads;

/// <summary>
/// Steps on 4 to 64 threads, simulated on one: the library divides the work as it does with so many threads, and each part is run and timed by itself.
/// </summary>
internal static class Simulation
{
    private const int Shards = 8, LeastSteps = 12, JobsShown = 8;
    private const double SecondsOfCase = 0.7;
    private const string TeamJob = "TeamJob";

    private static readonly int[] Threads = [4, 8, 16, 32, 64];

    private static readonly (Workload Workload, int Batch)[] Cases =
    [
        (Workload.All[0], 64), (Workload.All[0], 512), (Workload.All[1], 128), (Workload.All[1], 1024), (Workload.All[2], 256), (Workload.All[2], 1024),
    ];

    public static void Run(double? forkMicroseconds, double? helperMicroseconds, double? bandwidth, bool showsJobs)
    {
        ForkCost measured = ForkCost.Measure();
        ForkCost fork = new(forkMicroseconds * 1e-6 ?? measured.First, helperMicroseconds * 1e-6 ?? (forkMicroseconds / 2 * 1e-6 ?? measured.Further));
        double bytesPerSecond = bandwidth * 1e9 ?? CoreBandwidth.Measure();
        Write($"simulated on one thread; a fork and join: {1e6 * fork.First:F2} µs, {1e6 * fork.Further:F2} µs more for each further helper; {bytesPerSecond / 1e9:F1} GB/s from core to core");
        Write($"{"",-34} {"threads",7} {"teams",5} {"ms",9} {"speed-up",8} {"forks",5} {"in forks",8} {"busy",6} {"serial",7} {"MB cross",8} {"bound",7}");
        foreach ((Workload workload, int batch) in Cases)
        {
            Figures alone = Measure(workload, batch, 1, 0, fork);
            Print(workload, batch, 1, 0, alone, alone, 0, bytesPerSecond);
            foreach (int threads in Threads)
            {
                foreach (int teams in (int[])[0, Math.Min(threads, Shards)])
                {
                    Figures figures = Measure(workload, batch, threads, teams, fork);
                    Print(workload, batch, threads, teams, figures, alone, StepTraffic.Bytes(workload.Network(), batch, threads, teams), bytesPerSecond);
                    if (showsJobs)
                        PrintJobs(figures);
                }
            }
        }
    }

    private static void Print(Workload workload, int batch, int threads, int teams, Figures figures, Figures alone, double bytes, double bytesPerSecond)
    {
        // The cores read at the same time what others wrote.
        double bound = alone.Seconds / (figures.Seconds + bytes / threads / bytesPerSecond);
        string name = string.Create(CultureInfo.InvariantCulture, $"{workload.Name}, batch {batch}");
        Write($"{name,-34} {threads,7} {(teams == 0 ? "–" : teams.ToString(CultureInfo.InvariantCulture)),5} {1e3 * figures.Seconds,9:F3} {alone.Seconds / figures.Seconds,8:F1} {figures.Forks,5} {figures.ForkShare,8:P0} {figures.BusyShare(threads),6:P0} {figures.SerialShare,7:P0} {bytes / 1e6,8:F2} {bound,7:F1}");
    }

    private static void PrintJobs(Figures figures)
    {
        foreach (var jobs in figures.Jobs.GroupBy(job => job.Job).OrderByDescending(jobs => jobs.Sum(job => job.Longest)).Take(JobsShown))
            Write($"      {Name(jobs.Key),-60} forks {jobs.Count(job => job.Parts > 1),4}, parts {jobs.Max(job => job.Parts),3}, all {Microseconds(jobs.Sum(job => job.Sum)),9:F1} µs, longest {Microseconds(jobs.Sum(job => job.Longest)),9:F1} µs, forking {Microseconds(jobs.Sum(job => job.Fork)),8:F1} µs");
    }

    private static double Microseconds(long ticks) => 1e6 * ticks / Stopwatch.Frequency;

    private static string Name(Type type) => type.IsGenericType ? $"{type.DeclaringType?.Name}{type.Name.Split('`')[0]}<{string.Join(", ", type.GenericTypeArguments.Select(Name))}>" : $"{type.DeclaringType?.Name}.{type.Name}";

    private static Figures Measure(Workload workload, int batch, int threads, int teams, ForkCost fork)
    {
        var clock = new SimulatedClock(fork);
        var engine = new Engine(threads, SimdWidths.Best, clock);
        GradientExchange? exchange = teams == 0 ? null : new GradientExchange(Communicator.Alone, Shards) { TeamCount = teams };
        var trainer = new Trainer(workload.Network(), new SoftmaxCrossEntropy(), workload.Optimizer(), engine, exchange);
        Dataset samples = SyntheticDigits.Create(batch, 1);
        int[] indices = [.. Enumerable.Range(0, batch)];
        double best = double.PositiveInfinity;
        long begun = Stopwatch.GetTimestamp();
        for (int step = 0; step < LeastSteps || Stopwatch.GetElapsedTime(begun).TotalSeconds < SecondsOfCase; step++)
        {
            clock.Begin();
            long start = clock.Now;
            trainer.Exchange(trainer.ComputeGradients(trainer.Load(samples, indices)));
            trainer.Update();
            best = Math.Min(best, (double)(clock.Now - start) / Stopwatch.Frequency);
        }

        return new Figures(best, clock.Jobs, teams > 1);
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>A simulated step.</summary>
    /// <param name="Seconds">Its duration.</param>
    /// <param name="Jobs">Its jobs.</param>
    /// <param name="HasTeams">Whether a job contains the jobs of the teams.</param>
    private sealed record Figures(double Seconds, IReadOnlyList<JobTimes> Jobs, bool HasTeams)
    {
        /// <summary>The jobs that are not jobs of a team.</summary>
        private IEnumerable<JobTimes> Outer => HasTeams ? Jobs.SkipWhile(job => job.Job.Name != TeamJob) : Jobs;

        public int Forks => Jobs.Count(job => job.Parts > 1);

        public double ForkShare => Share(Outer.Sum(job => job.Fork));

        /// <summary>The share of the threads' time in which they compute parts.</summary>
        public double BusyShare(int threads) => Share(Jobs.Where(job => job.Job.Name != TeamJob).Sum(job => job.Sum) / (double)threads);

        /// <summary>The share of the step outside of jobs, on one thread.</summary>
        public double SerialShare => 1 - ForkShare - Share(Outer.Sum(job => job.Longest));

        private double Share(double ticks) => ticks / Stopwatch.Frequency / Seconds;
    }
}
