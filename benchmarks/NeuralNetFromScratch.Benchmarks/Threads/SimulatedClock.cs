using System.Diagnostics;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Threads;

/// <summary>
/// The time of a step on a number of threads that run at once: the parts of a job take as long as the longest of them, and a fork and a join are added. What is no
/// part of a job takes its own time. All steps have the same jobs in the same order, and the duration of a part is the shortest of all steps, because other programs
/// interrupt some parts.
/// </summary>
/// <param name="fork">The cost of a fork and a join.</param>
internal sealed class SimulatedClock(ForkCost fork) : IJobClock
{
    private readonly List<JobTimes> _jobs = [];
    private int _next;
    private long _saved;

    /// <summary>The simulated time, in ticks of the stopwatch.</summary>
    public long Now => Stopwatch.GetTimestamp() - _saved;

    /// <summary>The jobs of a step; those of a team before the job that runs the teams.</summary>
    public IReadOnlyList<JobTimes> Jobs => _jobs;

    public void Record(Type job, long start, ReadOnlySpan<long> durations)
    {
        if (_next == _jobs.Count)
            _jobs.Add(new JobTimes(job, durations.Length, fork.Ticks(durations.Length)));
        JobTimes times = _jobs[_next++];
        times.Add(durations);
        _saved += Now - start - times.Longest - times.Fork;
    }

    /// <summary>Begins a step.</summary>
    public void Begin() => _next = 0;
}

/// <summary>A job of a step.</summary>
/// <param name="job">The type of the job.</param>
/// <param name="parts">The number of its parts.</param>
/// <param name="fork">Ticks of its fork and join.</param>
internal sealed class JobTimes(Type job, int parts, long fork)
{
    private readonly long[] _shortest = [.. Enumerable.Repeat(long.MaxValue, parts)];

    public Type Job => job;

    public int Parts => parts;

    public long Fork => fork;

    /// <summary>Ticks of the longest part.</summary>
    public long Longest => _shortest.Max();

    /// <summary>Ticks of all parts.</summary>
    public long Sum => _shortest.Sum();

    public void Add(ReadOnlySpan<long> durations)
    {
        for (int part = 0; part < parts; part++)
            _shortest[part] = Math.Min(_shortest[part], durations[part]);
    }
}

/// <summary>The cost of a fork and a join: that of one helper, and that of each further one, to which the caller hands its part one after another.</summary>
/// <param name="First">Seconds with one helper.</param>
/// <param name="Further">Seconds for each further helper.</param>
internal readonly record struct ForkCost(double First, double Further)
{
    public long Ticks(int workers) => workers <= 1 ? 0 : (long)((First + (workers - 2) * Further) * Stopwatch.Frequency);

    /// <summary>
    /// Measures jobs on two threads, less the duration of a part. A further helper costs half as much: half of the cache lines that travel do so for it alone.
    /// </summary>
    public static ForkCost Measure()
    {
        const int Jobs = 2_000, Rounds = 100;
        var engine = new Engine(2, SimdWidths.Best);
        double together = double.PositiveInfinity, alone = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            together = Math.Min(together, Seconds(engine, 2));
            alone = Math.Min(alone, Seconds(engine, 1));
        }

        return new(together - alone, (together - alone) / 2);

        static double Seconds(Engine engine, int workers)
        {
            long start = Stopwatch.GetTimestamp();
            for (int job = 0; job < Jobs; job++)
                engine.Run(new ShortJob(), workers);
            return Stopwatch.GetElapsedTime(start).TotalSeconds / Jobs;
        }
    }

    /// <summary>Parts of some microseconds, so that a helper begins its own before the caller has done it.</summary>
    private readonly struct ShortJob : IJob
    {
        private const int Steps = 4000;

        public void Run(int worker, int workers)
        {
            uint state = 1;
            for (int step = 0; step < Steps; step++)
                state = state * 1664525 + 1013904223;
            if (state == 0)
                throw new InvalidOperationException("never");
        }
    }
}
