using System.Diagnostics;
using System.Text.Json;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>What only a fresh process shows: its memory, and what the first epoch costs.</summary>
internal static class ProcessRows
{
    public static void Add(Report report, string? data)
    {
        string folder = Directory.CreateTempSubdirectory("compare-").FullName, figures = Path.Combine(folder, "figures.json");
        string[] source = data is null ? [] : ["--data", data];
        string program = typeof(Tool.ToolProgram).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [program, "train", "--json", figures, "--output", folder, .. source])
        {
            RedirectStandardOutput = true,
        };
        long peakBytes = 0;
        using (Process process = Process.Start(start)!)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            while (!process.WaitForExit(20))
            {
                process.Refresh();
                peakBytes = Math.Max(peakBytes, PeakOf(process));
            }

            output.Wait();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}");
        }

        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(figures));
        Directory.Delete(folder, recursive: true);
        double[] epochs = [.. json.RootElement.GetProperty("epochSeconds").EnumerateArray().Select(seconds => seconds.GetDouble())];
        report.AddAtMost("tool's peak memory", peakBytes / 1e6, null, "MB", peakBytes / 1e6, 200);
        report.AddAtMost("first epoch to the best later one", epochs[0], epochs[1..].Min(), "s", epochs[0] / epochs[1..].Min(), 1.3);
    }

    private static long PeakOf(Process process)
    {
        try
        {
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }
}
