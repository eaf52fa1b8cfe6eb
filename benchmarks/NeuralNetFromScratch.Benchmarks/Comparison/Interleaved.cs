using System.Diagnostics;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Times several actions in turn, so that a disturbance of the machine strikes them alike.</summary>
internal static class Interleaved
{
    /// <summary>The best seconds of each action.</summary>
    /// <param name="seconds">How long to go on, all together.</param>
    /// <param name="actions">Each returns the seconds that it took, as it sees fit to count them.</param>
    public static double[] Best(double seconds, params Func<double>[] actions)
    {
        const int LeastRounds = 3;
        var best = new double[actions.Length];
        Array.Fill(best, double.PositiveInfinity);
        var watch = Stopwatch.StartNew();
        for (int round = 0; round < LeastRounds || watch.Elapsed.TotalSeconds < seconds; round++)
        {
            for (int i = 0; i < actions.Length; i++)
                best[i] = Math.Min(best[i], actions[i]());
        }

        return best;
    }

    /// <summary>Seconds of one call, averaged over as many as take about a millisecond.</summary>
    public static Func<double> Repeated(Action action, double expectedSeconds)
    {
        int repeats = (int)Math.Clamp(1e-3 / expectedSeconds, 1, 1000);
        return () =>
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++)
                action();
            return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
        };
    }

    /// <summary>Seconds of one call.</summary>
    public static Func<double> Once(Action action) => Repeated(action, 1);
}
