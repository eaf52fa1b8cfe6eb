using System.CommandLine;
using System.Globalization;
using NeuralNetFromScratch.Benchmarks.Comparison;
using NeuralNetFromScratch.Tool;

namespace NeuralNetFromScratch.Benchmarks.Threads;

/// <summary>
/// The verb <c>threads</c>: what the default number of threads costs or gains, in fresh processes that train in turn with the default and with one thread, on
/// free cores and beside other programs. A process keeps the cores that the system chose for it, so that one process shows one case alone.
/// </summary>
internal static class ThreadsCommand
{
    /// <summary>The verb of the processes that this one starts.</summary>
    public const string TrainVerb = "threads-train", SpinVerb = "threads-spin";

    private static readonly string[] Cases = ["free", "busy", "slowed", "teams"];

    public static Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter error)
    {
        Option<string?> data = new("--data") { Description = "Folder with MNIST's four files; digits drawn by the program if not given." };
        Option<int> pairs = new("--pairs") { Description = "Pairs of processes in each case.", DefaultValueFactory = _ => 12 };
        Option<string?> only = new("--only") { Description = "Only the case of this name: free, busy, slowed or teams." };
        Option<bool> simulates = new("--simulate") { Description = "Simulates steps on 4 to 64 threads instead, with what a fork and join and a core's bandwidth are here." };
        Option<double?> fork = new("--fork") { Description = "For --simulate: microseconds of a fork and join with one helper; measured if not given." };
        Option<double?> helper = new("--helper") { Description = "For --simulate: microseconds for each further helper; half of --fork if not given." };
        Option<double?> bandwidth = new("--bandwidth") { Description = "For --simulate: GB/s at which a core reads what another wrote; measured if not given." };
        Option<bool> jobs = new("--jobs") { Description = "For --simulate: shows the longest jobs of each step." };
        Option<string?> json = new("--json") { Description = "File to write the rows to." };
        foreach (Option<double?> option in (Option<double?>[])[fork, helper, bandwidth])
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<double?>() is not (null or (> 0 and < 1e6)))
                    result.AddError($"{option.Name} must be a positive number below a million");
            });
        }

        only.AcceptOnlyFromAmong(Cases);
        pairs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--pairs must be positive");
        });
        var command = new RootCommand("Compares the default number of threads with one thread.") { data, pairs, only, simulates, fork, helper, bandwidth, jobs, json };
        command.SetAction(result =>
        {
            UserFile.CheckWritable("--json", result.GetValue(json));
            if (result.GetValue(simulates))
            {
                Simulation.Run(result.GetValue(fork), result.GetValue(helper), result.GetValue(bandwidth), result.GetValue(jobs));
                return;
            }

            var report = new Report();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, {new Engine().ThreadCount} threads by default, .NET {Environment.Version}"));
            Console.WriteLine($"{"median epoch",-46} {"default",10} {"1 thread",10} {"unit",-8} {"ratio",7} {"median",7}  target");
            foreach (string name in Cases.Where(name => result.GetValue(only) is not { } wanted || wanted == name))
                Add(report, name, result.GetValue(pairs), result.GetValue(data) ?? "");
            if (result.GetValue(json) is { } path)
                report.WriteJson(path);
        });
        return CommandRunner.RunAsync(command, arguments, error);
    }

    private static void Add(Report report, string name, int pairs, string data)
    {
        switch (name)
        {
            case "free":
                AddPairs(report, "784-128-10, free cores", "784-128-10", data, pairs, neighbours: 0, pinned: false, worst: 1.1, middle: 0.72);
                break;
            case "busy":
                AddPairs(report, "784-128-10, a busy program", "784-128-10", data, pairs, neighbours: 1, pinned: false, worst: null, middle: 1.15);
                break;
            case "teams":
                Console.WriteLine($"{"best step in 8 shards",-46} {"teams",10} {"one team",10} {"unit",-8} {"ratio",7} {"median",7}  target");
                TeamRows.Add(report);
                break;
            default:
                // A core of which two others take a third each gives a third: with a whole one that is 4/3 of a core, and 1.4 times the time that it would
                // take is 1.05 of one thread's.
                AddPairs(report, "784-512-512-10, one core at a third", "784-512-512-10", data, pairs, neighbours: 2, pinned: true, worst: null, middle: 1.05);
                break;
        }
    }

    private static void AddPairs(Report report, string name, string network, string data, int pairs, int neighbours, bool pinned, double? worst, double middle)
    {
        List<double> ratios = [], defaults = [], singles = [];
        using (var busy = new Neighbours(neighbours, pinned))
        {
            for (int pair = 0; pair < pairs; pair++)
            {
                (double ours, double one) = (Median(ChildProcess.Epochs(network, data, 0)), Median(ChildProcess.Epochs(network, data, 1)));
                defaults.Add(ours);
                singles.Add(one);
                ratios.Add(ours / one);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {string.Join(' ', ratios.Select(ratio => ratio.ToString("F2", CultureInfo.InvariantCulture)))}"));
        if (worst is { } bound)
            report.AddAtMost($"{name}, worst of {pairs}", defaults[ratios.IndexOf(ratios.Max())], singles[ratios.IndexOf(ratios.Max())], "s", ratios.Max(), bound);
        report.AddAtMost($"{name}, median of {pairs}", Median(defaults), Median(singles), "s", Median(ratios), middle);
    }

    private static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
