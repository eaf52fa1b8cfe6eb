using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using NeuralNetFromScratch.Benchmarks.Comparison;
using NeuralNetFromScratch.Tool;

namespace NeuralNetFromScratch.Benchmarks.Files;

/// <summary>
/// The verb <c>files</c>: writes synthetic pictures to the disk, trains 784-128-10 on them from there, and shows the samples a second beside a training from memory,
/// and the most memory that was resident.
/// </summary>
internal static class FilesCommand
{
    private const int MemorySamples = 60_000, BatchSize = 128;

    public static Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter error)
    {
        Option<double> gigabytes = new("--gigabytes") { Description = "Size of the samples on the disk.", DefaultValueFactory = _ => 1 };
        Option<string> folder = new("--folder") { Description = "Where a folder of files is written, and deleted afterwards.", DefaultValueFactory = _ => Path.GetTempPath() };
        Option<int> block = new("--block") { Description = "Samples that the shuffle keeps close together; 1 shuffles all together.", DefaultValueFactory = _ => 1024 };
        Option<double> seconds = new("--seconds") { Description = "Ends the training after this time, if the epoch takes longer.", DefaultValueFactory = _ => double.PositiveInfinity };
        Option<string?> json = new("--json") { Description = "File to write the rows to." };
        gigabytes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and < 1000))
                result.AddError("--gigabytes must be positive and less than 1000");
        });
        block.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--block must be positive");
        });
        var command = new RootCommand("Trains on more data than memory.") { gigabytes, folder, block, seconds, json };
        command.SetAction(result =>
        {
            UserFile.CheckWritable("--json", result.GetValue(json));
            var report = new Report();
            Run(report, result.GetValue(folder)!, result.GetValue(gigabytes), result.GetValue(block), result.GetValue(seconds));
            if (result.GetValue(json) is { } path)
                report.WriteJson(path);
        });
        return CommandRunner.RunAsync(command, arguments, error);
    }

    private static void Run(Report report, string folder, double gigabytes, int block, double seconds)
    {
        string place = Path.Combine(folder, "nnfs-benchmark-files");
        Directory.CreateDirectory(place);
        try
        {
            var watch = Stopwatch.StartNew();
            Dataset digits = SyntheticDigits.Create(MemorySamples, 1);
            IReadOnlyList<(string, string)> files = DigitFiles.Write(place, digits, gigabytes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files.Count} files of samples, {gigabytes:G4} GB, written in {watch.Elapsed.TotalSeconds:F0} s"));
            watch.Restart();
            using FileDataset data = IdxFile.OpenDataset(files, digits.ClassCount);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{data.Count:N0} samples, opened in {watch.Elapsed.TotalSeconds:F2} s"));
            double memory = Speed(digits, 1, seconds, epochs: 3), disk = Speed(data, block, seconds, epochs: 1);
            string order = block == 1 ? "shuffled together" : string.Create(CultureInfo.InvariantCulture, $"blocks of {block}");
            report.AddWithoutTarget($"epoch from files, {order}, beside memory", disk, memory, "sample/s");
            double resident = Process.GetCurrentProcess().PeakWorkingSet64 / 1e9;
            report.AddAtMost("most memory resident, beside the files", resident, gigabytes, "GB", resident, 2);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    /// <summary>Samples of a second in the last epoch, or until the time is over.</summary>
    private static double Speed(Dataset data, int block, double seconds, int epochs)
    {
        var network = new Sequential([28, 28], 1, new Dense(128, Activation.Relu), new Dense(10));
        var limit = new TimeLimit(seconds);
        TrainingHistory history = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.05f, 0.9f)).Fit(
            data, new FitOptions { Epochs = epochs, BatchSize = BatchSize, ShuffleBlock = block, Callbacks = [limit] });
        return history.Epochs.Count > 0 ? history.Epochs[^1].SampleCount / history.Epochs[^1].Duration.TotalSeconds : limit.Speed;
    }

    /// <summary>Ends a training in its first epoch when the time is over.</summary>
    private sealed class TimeLimit(double seconds) : TrainingCallback
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();

        public double Speed { get; private set; }

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (_watch.Elapsed.TotalSeconds <= seconds || run.History.Epochs.Count > 0)
                return;
            Speed = progress.Step * (double)BatchSize / _watch.Elapsed.TotalSeconds;
            run.Stop();
        }
    }
}
