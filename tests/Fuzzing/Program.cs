using System.Globalization;
using NeuralNetFromScratch.Fuzzing;

// usage: Fuzzing FORMAT... [--count N] [--seed S] [--first N]    FORMAT: idx, idx-gz, safetensors, model, stream, checkpoint, onnx, svmlight, csv, parquet, or all
// Reads N mutations of valid files of each format, and fails where anything but InvalidDataException comes out, or more memory is
// taken than the file's size allows. A file that breaks a reader is written to the current folder.
List<string> formats = [];
ulong count = 1_000_000, seed = 1, first = 0;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--count" when ulong.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.None, CultureInfo.InvariantCulture, out count):
        case "--seed" when ulong.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.None, CultureInfo.InvariantCulture, out seed):
        case "--first" when ulong.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.None, CultureInfo.InvariantCulture, out first):
            i++;
            break;
        case "all":
            formats.AddRange(FuzzTargets.All.Select(target => target.Name));
            break;
        case var name when FuzzTargets.All.Any(target => target.Name == name):
            formats.Add(name);
            break;
        default:
            Console.Error.WriteLine($"unknown: {args[i]}; formats are {string.Join(", ", FuzzTargets.All.Select(target => target.Name))}, all");
            return 2;
    }
}

if (formats.Count == 0)
{
    Console.Error.WriteLine("usage: Fuzzing FORMAT... [--count N] [--seed S] [--first N]");
    return 2;
}

int broken = 0;
foreach (FuzzTarget target in formats.Select(name => FuzzTargets.All.Single(target => target.Name == name)))
{
    var watch = System.Diagnostics.Stopwatch.StartNew();
    FuzzReport report = FuzzRun.Run(target, seed, first, count);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{target.Name}: {report.Files:N0} files in {watch.Elapsed.TotalSeconds:F0} s, {report.Accepted:N0} still valid, {report.Failures.Count} failures; at most {report.MostBytes:N0} bytes (number {report.MostBytesNumber}) and {report.MostSeconds * 1000:F1} ms (number {report.MostSecondsNumber}) for one"));
    foreach (FuzzFailure failure in report.Failures)
    {
        string path = FormattableString.Invariant($"{target.Name}-{seed}-{failure.Number}.bin");
        File.WriteAllBytes(path, failure.File);
        Console.WriteLine($"{path}: {failure.Reason}");
        broken++;
    }
}

return broken == 0 ? 0 : 1;
