using System.CommandLine;
using System.Diagnostics;
using NeuralNetFromScratch.Tool;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>The verb <c>compare</c>: every target of docs/performance.md, ours and the peer's side by side in one table.</summary>
internal static class CompareCommand
{
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter error)
    {
        Option<string?> data = new("--data") { Description = "Folder with MNIST's four files; digits drawn by the program if not given." };
        Option<string?> json = new("--json") { Description = "File to write the rows to." };
        Option<string?> only = new("--only") { Description = "Only the group of this name: products, convolution, training, sparse, prediction or process." };
        only.AcceptOnlyFromAmong("products", "convolution", "training", "sparse", "prediction", "process");
        var command = new RootCommand("Compares the library with its peers.") { data, json, only };
        command.SetAction(result =>
        {
            UserFile.CheckWritable("--json", result.GetValue(json));
            var watch = Stopwatch.StartNew();
            var report = new Report();
            BenchmarkData samples = BenchmarkData.Load(result.GetValue(data));
            Report.WriteHeader(samples);
            (string Name, Action Run)[] groups =
            [
                ("products", () => ProductRows.Add(report)),
                ("convolution", () => ConvolutionRows.Add(report, samples)),
                ("training", () => TrainingRows.Add(report, samples)),
                ("sparse", () => SparseRows.Add(report)),
                ("prediction", () => PredictionRows.Add(report, samples)),
                ("process", () => ProcessRows.Add(report, result.GetValue(data))),
            ];
            foreach ((string name, Action run) in groups)
            {
                if (result.GetValue(only) is not { } wanted || wanted == name)
                    run();
            }

            report.WriteFooter(watch.Elapsed);
            if (result.GetValue(json) is { } path)
                report.WriteJson(path);
        });
        return CommandRunner.RunAsync(command, arguments, error);
    }
}
