using System.Globalization;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using NeuralNetFromScratch.Benchmarks.Comparison;
using NeuralNetFromScratch.Benchmarks.Files;
using NeuralNetFromScratch.Benchmarks.Ladder;
using NeuralNetFromScratch.Benchmarks.Scaling;
using NeuralNetFromScratch.Benchmarks.Threads;

namespace NeuralNetFromScratch.Benchmarks;

/// <summary>The program: verbs of its own, and BenchmarkDotNet's command line for all else.</summary>
internal static class BenchmarkProgram
{
    private const int BadUsage = 2;

    /// <summary>What BenchmarkDotNet answers without running a benchmark.</summary>
    private static readonly string[] Questions = ["--help", "--info", "--list", "--version"];

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter error)
    {
        switch (arguments)
        {
            case ["compare", .. var rest]:
                return await CompareCommand.RunAsync(rest, error);
            case ["files", .. var rest]:
                return await FilesCommand.RunAsync(rest, error);
            case ["ladder", .. var rest]:
                return await LadderCommand.RunAsync(rest, error);
            case ["scaling", .. var rest]:
                return await ScalingCommand.RunAsync(rest, error);
            case [ScalingProcess.Verb, var threads]:
                return ScalingProcess.Run(int.Parse(threads, CultureInfo.InvariantCulture));
            case ["threads", .. var rest]:
                return await ThreadsCommand.RunAsync(rest, error);
            case [ThreadsCommand.TrainVerb, var network, var data, var threads]:
                return ChildProcess.Train(network, data, int.Parse(threads, CultureInfo.InvariantCulture));
            case [ThreadsCommand.SpinVerb, var processor]:
                return ChildProcess.Spin(int.Parse(processor, CultureInfo.InvariantCulture));
            case [var verb, ..] when !verb.StartsWith('-'):
                await error.WriteLineAsync($"There is no verb {verb}: it is compare, files, ladder, scaling, threads, or BenchmarkDotNet's options such as --filter '*' (see --help).");
                return BadUsage;
            default:
                IEnumerable<Summary> summaries = BenchmarkSwitcher.FromAssembly(typeof(BenchmarkProgram).Assembly).Run(arguments);
                return summaries.Any() || arguments.Any(argument => Questions.Contains(argument)) ? 0 : BadUsage;
        }
    }
}
