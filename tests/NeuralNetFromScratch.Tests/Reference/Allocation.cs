using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>
/// Counts the bytes that the calling thread and an engine's workers allocate. Other threads of the process do not count: the test host
/// allocates a little every tenth of a second, which a step on a loaded machine can take.
/// </summary>
internal static class Allocation
{
    /// <summary>Runs that are looked at, and those that are begun for them: on a busy machine workers often end in between.</summary>
    private const int Attempts = 20, MostAttempts = 5000;

    /// <summary>What a warm action on the calling thread allocates: the least of several runs, as the first ones still compile.</summary>
    public static long Least(Action action) => Least(new Engine(1), action);

    /// <summary>What a warm action on an engine allocates, on all its workers: the least of several runs, as the first ones still compile.</summary>
    public static long Least(Engine engine, Action action)
    {
        var before = new Count[engine.ThreadCount];
        var after = new Count[engine.ThreadCount];
        var begun = new StrongBox<int>();
        action();
        Take(engine, before, begun);
        long least = long.MaxValue;
        for (int attempt = 0, counted = 0; attempt < MostAttempts && counted < Attempts && least > 0; attempt++)
        {
            Take(engine, before, begun);
            action();
            Take(engine, after, begun);
            // A worker that ended for want of work took its count along: such a run says nothing.
            if (before.Zip(after).Any(pair => pair.First.Thread != pair.Second.Thread))
                continue;
            least = Math.Min(least, after.Sum(count => count.Bytes) - before.Sum(count => count.Bytes));
            counted++;
        }

        return least;
    }

    private static void Take(Engine engine, Count[] counts, StrongBox<int> begun)
    {
        begun.Value = 0;
        engine.Run(new TakeJob(counts, begun), counts.Length);
    }

    private readonly record struct Count(int Thread, long Bytes);

    /// <summary>Each worker waits for the others to begin, so that the caller cannot do the part of one that is late.</summary>
    private readonly struct TakeJob(Count[] counts, StrongBox<int> begun) : IJob
    {
        public void Run(int worker, int workers)
        {
            Interlocked.Increment(ref begun.Value);
            for (SpinWait wait = default; Volatile.Read(ref begun.Value) < workers;)
                wait.SpinOnce();
            counts[worker] = new(Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
        }
    }
}
