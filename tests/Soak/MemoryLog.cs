using System.Diagnostics;
using System.Globalization;

namespace NeuralNetFromScratch.Soak;

/// <summary>Prints memory once a minute and says in the end whether it grew.</summary>
public sealed class MemoryLog(Load load)
{
    /// <summary>How much larger the last quarter's mean may be than the second's; the first is for warming up.</summary>
    private const double AllowedGrowth = 1.1;

    private readonly List<(double WorkingSet, double Heap)> _lines = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public void Add()
    {
        using var process = Process.GetCurrentProcess();
        // The heap after a full collection: what is still reachable, so that a leak shows.
        double heap = GC.GetTotalMemory(forceFullCollection: true) / 1e6, workingSet = process.WorkingSet64 / 1e6;
        _lines.Add((workingSet, heap));
        Write($"{_watch.Elapsed:hh\\:mm\\:ss}, {process.TotalProcessorTime:hh\\:mm\\:ss} of processor time: working set {workingSet:F1} MB, heap {heap:F2} MB, {process.Threads.Count} threads, {load.TrainingCount:N0} trainings, {load.PredictionCount:N0} predictions");
    }

    /// <summary>Whether all went well.</summary>
    public bool Conclude()
    {
        Write($"{load.TrainingCount:N0} trainings, {load.PredictionCount:N0} predictions; wrong results: {load.Failure ?? "none"}");
        if (load.Failure is not null)
            return false;
        int quarter = _lines.Count / 4;
        if (quarter == 0)
        {
            Write($"too short to judge memory: at least 4 minutes are needed");
            return true;
        }

        var early = _lines[quarter..(2 * quarter)];
        var late = _lines[^quarter..];
        double workingSet = late.Average(line => line.WorkingSet) / early.Average(line => line.WorkingSet);
        double heap = late.Average(line => line.Heap) / early.Average(line => line.Heap);
        Write($"last quarter to second quarter: working set {workingSet:F3}, heap {heap:F3}; {AllowedGrowth} is allowed");
        return workingSet <= AllowedGrowth && heap <= AllowedGrowth;
    }

    private static void Write(FormattableString line)
    {
        Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }
}
