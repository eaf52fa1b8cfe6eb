using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using NeuralNetFromScratch.Benchmarks.Comparison;
using NeuralNetFromScratch.Tool;

namespace NeuralNetFromScratch.Benchmarks.Scaling;

/// <summary>
/// The verb <c>scaling</c>: a step on one and on two processes of one thread, split into computing, exchange and waiting; the exchange of 64 MB beside a copy of
/// memory; and a model that is fitted to it, for clusters that are not at hand.
/// </summary>
internal static class ScalingCommand
{
    /// <summary>Bytes of memory a second, and the accesses of an update and of an addition, where nothing is measured.</summary>
    private const double MemoryBandwidth = 10e9, UpdateAccesses = 6, AdditionAccesses = 3;

    private static readonly int[] Machines = [8, 16, 32, 64, 128, 256, 512, 1024];

    public static Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter error)
    {
        Option<string> launcher = new("--launcher") { Description = "What starts two processes before the program's own name.", DefaultValueFactory = _ => "mpirun -n 2" };
        Option<double[]> samples = new("--samples")
        {
            Description = "Microseconds that a machine takes for a sample of 784-128-10, 784-512-512-10 and the convolutional network: models such machines, and measures nothing.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        samples.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double[]>() is { Length: > 0 } values && (values.Length != Workload.All.Count || values.Any(value => value is not (> 0 and < 1e6))))
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"--samples must be {Workload.All.Count} positive numbers below a million"));
        });
        Option<string?> json = new("--json") { Description = "File to write the rows to." };
        var command = new RootCommand("Measures training on two processes, and models it on more machines.") { launcher, samples, json };
        command.SetAction(result =>
        {
            UserFile.CheckWritable("--json", result.GetValue(json));
            if (result.GetValue(samples) is { Length: > 0 } microseconds)
            {
                Model(microseconds);
                return;
            }

            var report = new Report();
            Run(report, result.GetValue(launcher)!.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            if (result.GetValue(json) is { } path)
                report.WriteJson(path);
        });
        return CommandRunner.RunAsync(command, arguments, error);
    }

    private static void Run(Report report, string[] launcher)
    {
        Write($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {string.Join(' ', launcher)}, {ScalingProcess.Shards} shards");
        (Dictionary<string, StepFigures> one, _) = Measure([], 1);
        (Dictionary<string, StepFigures> two, LinkFigures? link) = Measure(launcher, 1);
        (Dictionary<string, StepFigures> all, _) = Measure([], 0);
        if (link is null)
            throw new InvalidOperationException($"\"{string.Join(' ', launcher)}\" did not start two processes of one cluster");
        Write($"{"",-46} {"ours",10} {"peer",10} {"unit",-8} {"ratio",7} {"median",7}  target");
        var here = new Link("this machine", link.Latency, link.Bandwidth) { IsCopiedByProcessor = true };
        foreach (Workload workload in Workload.All)
            AddSteps(report, workload, one[workload.Name], two[workload.Name], link, here);
        report.AddAtLeast("sum of 64 MB of gradients, 2 processes, beside a copy", 1e3 * link.Sum, 1e3 * link.Copy, "ms", link.Copy / link.Sum, 0.8);
        report.AddWithoutTarget("message of 8 bytes there and back", 1e6 * link.Latency, null, "µs");
        report.AddWithoutTarget("64 MB to each other at once, a second each way", link.Bandwidth / 1e9, null, "GB/s");
        foreach (Workload workload in Workload.All)
        {
            StepFigures step = all[workload.Name];
            Print(workload, new ScalingModel(workload.Network(), step.Computing / workload.Batch, Math.Max(0, step.Step - step.Computing - step.Waiting), link.Addition), step.Computing);
        }
    }

    private static void Model(double[] microseconds)
    {
        foreach ((Workload workload, double sample) in Workload.All.Zip(microseconds))
        {
            Sequential network = workload.Network();
            // An update reads weights, gradients and moments, and writes all but gradients.
            double update = UpdateAccesses * sizeof(float) * network.Parameters.Values.Length / MemoryBandwidth;
            Print(workload, new ScalingModel(network, 1e-6 * sample, update, MemoryBandwidth / AdditionAccesses), 1e-6 * sample * workload.Batch);
        }
    }

    private static void AddSteps(Report report, Workload workload, StepFigures one, StepFigures two, LinkFigures link, Link here)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{workload.Name}, batch {workload.Batch}");
        var model = new ScalingModel(workload.Network(), one.Computing / workload.Batch, Math.Max(0, one.Step - one.Computing - one.Waiting), link.Addition);
        if (workload.Batch >= 1024)
            report.AddAtLeast($"{name}, 2 processes", 1e3 * two.Step, 1e3 * one.Step, "ms", one.Step / two.Step, 1.8);
        else
            report.AddWithoutTarget($"{name}, 2 processes", 1e3 * two.Step, 1e3 * one.Step, "ms");
        report.AddWithoutTarget("… 2 processes that exchange nothing", 1e3 * two.Apart, 1e3 * one.Step, "ms");
        report.AddWithoutTarget(string.Create(CultureInfo.InvariantCulture, $"… {ScalingProcess.Shards} shards on one process, beside none"), 1e3 * one.Step, 1e3 * one.Whole, "ms");
        report.AddWithoutTarget("… computing", 1e3 * two.Computing, 1e3 * one.Computing, "ms");
        report.AddWithoutTarget("… waiting, beside the exchange by itself", 1e3 * two.Waiting, 1e3 * two.Exchange, "ms");
        report.AddWithoutTarget("… the step, beside the model's", 1e3 * two.Step, 1e3 * model.Step(2, workload.Batch, here, ScalingProcess.Shards / 2), "ms");
    }

    private static void Print(Workload workload, ScalingModel model, double seconds)
    {
        Write($"");
        Write($"model of {workload.Name}: {workload.Network().Parameters.Sum(parameter => (long)parameter.Shape.ElementCount):N0} parameters, {1e6 * seconds / workload.Batch:F2} µs a sample on one machine");
        Write($"{"machines",8}  {string.Join("  ", Link.Usual.Select(link => $"{link.Name,24}"))}");
        string columns = string.Create(CultureInfo.InvariantCulture, $"{$"at {workload.Batch}",10} {"batch of half",13}");
        Write($"{"",8}  {string.Join("  ", Link.Usual.Select(_ => columns))}");
        foreach (int machines in Machines)
        {
            Write($"{machines,8}  {string.Join("  ", Link.Usual.Select(link => Cell(link)))}");

            string Cell(Link link) => string.Create(
                CultureInfo.InvariantCulture,
                $"{(machines <= workload.Batch ? model.SpeedUp(machines, workload.Batch, link).ToString("F1", CultureInfo.InvariantCulture) : "–"),10} {model.BatchOfHalf(machines, link)?.ToString("N0", CultureInfo.InvariantCulture) ?? "–",13}");
        }
    }

    /// <summary>The figures of a run of the processes.</summary>
    private static (Dictionary<string, StepFigures> Steps, LinkFigures? Link) Measure(string[] launcher, int threads)
    {
        string[] line = [.. launcher, "dotnet", typeof(ScalingCommand).Assembly.Location, ScalingProcess.Verb, threads.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true };
        // Open MPI gives its processes a terminal, which the runtime would send commands to.
        start.Environment["TERM"] = "dumb";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', line)} ended with exit code {process.ExitCode}: {output}");
        string[][] words = [.. output.Split('\n').Select(text => text.Trim().Split(' '))];
        return (
            words.Where(figures => figures[0] == ScalingProcess.StepWord).ToDictionary(figures => figures[1].Replace('_', ' '), figures => StepFigures.Parse(figures.AsSpan(2))),
            words.Where(figures => figures[0] == ScalingProcess.LinkWord).Select(figures => LinkFigures.Parse(figures.AsSpan(1))).SingleOrDefault());
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
