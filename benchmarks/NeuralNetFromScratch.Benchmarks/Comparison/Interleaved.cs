using System.Diagnostics;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Times several actions in turn, so that a disturbance of the machine strikes them alike.</summary>
internal static class Interleaved
{
    /// <summary>The best and the median seconds of each action.</summary>
    /// <param name="seconds">How long to go on, all together.</param>
    /// <param name="actions">Each returns the seconds that it took, as it sees fit to count them.</param>
    public static Timing[] Run(double seconds, params Func<double>[] actions)
    {
        const int LeastRounds = 3;
        List<double>[] runs = [.. actions.Select(_ => new List<double>())];
        var watch = Stopwatch.StartNew();
        for (int round = 0; round < LeastRounds || watch.Elapsed.TotalSeconds < seconds; round++)
        {
            for (int i = 0; i < actions.Length; i++)
                runs[i].Add(actions[i]());
        }

        return [.. runs.Select(times => new Timing(times.Min(), times.Order().ElementAt(times.Count / 2)))];
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

    /// <summary>
    /// The best seconds of an action that goes on for a while, from the moment on when the threads of what came before have gone to sleep: until
    /// then they wait for more work on cores that this action's threads need.
    /// </summary>
    public static Func<double> Settled(Func<double> action)
    {
        const double SecondsToSettle = 0.01, SecondsTimed = 0.02;
        return () =>
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsToSettle;)
                action();
            double best = action();
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsTimed;)
                best = Math.Min(best, action());
            return best;
        };
    }

    /// <summary>Seconds of one call.</summary>
    public static Func<double> Once(Action action) => Repeated(action, 1);
}
