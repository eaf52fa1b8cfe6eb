using System.IO.Compression;
using System.Security.Cryptography;

namespace NeuralNetFromScratch;

/// <summary>
/// The MNIST database of handwritten digits (Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0): four IDX files, raw or gzip-compressed.
/// Other collections in the same format, such as Fashion-MNIST, can be loaded too.
/// </summary>
public static class Mnist
{
    private const int ClassCount = 10;

    /// <summary>The four files, and their contents' fingerprints.</summary>
    internal static IReadOnlyList<MnistFile> Files { get; } =
    [
        new("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        new("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        new("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        new("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ];

    /// <summary>
    /// The folder that <see cref="LoadOrDownloadAsync"/> uses unless another is given: <c>NeuralNetFromScratch/mnist</c> in the user's folder for
    /// application data. That is <c>%LOCALAPPDATA%</c> on Windows, <c>~/Library/Application Support</c> on macOS, and <c>$XDG_DATA_HOME</c>, or else
    /// <c>~/.local/share</c>, on Linux.
    /// </summary>
    /// <exception cref="InvalidOperationException">The user has no such folder, as in some containers.</exception>
    public static string CacheDirectory
    {
        get
        {
            string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return data.Length > 0
                ? Path.Combine(data, "NeuralNetFromScratch", "mnist")
                : throw new InvalidOperationException("the user has no folder for application data; name a directory for MNIST");
        }
    }

    /// <summary>
    /// Loads MNIST, and downloads it before where it is missing: from public mirrors over HTTPS, one after another, about 11 MB. A mirror that sends
    /// nothing for 20 seconds is left for the next one. The contents are checked (SHA-256) before a file gets its name.
    /// </summary>
    /// <param name="directory">
    /// The folder with the files. What it has is loaded as <see cref="Load"/> does, and only missing files are downloaded. If null, the default,
    /// <see cref="CacheDirectory"/>, where a damaged file is downloaded again.
    /// </param>
    /// <param name="progress">Receives where the download stands; a <c>ConsoleProgress</c> shows it.</param>
    /// <param name="cancellationToken">Ends the download; finished files stay.</param>
    /// <returns>The samples, whose pixels stay bytes in memory and are read as 0 to 1.</returns>
    /// <exception cref="IOException">No mirror gave the right contents; the message says what each did, and which four files to put where.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or a given folder has some files of another collection, but not all.</exception>
    /// <exception cref="InvalidOperationException">No folder is given, and the user has no folder for application data.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled.</exception>
    public static async Task<MnistData> LoadOrDownloadAsync(
        string? directory = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using SocketsHttpHandler handler = CreateHandler();
        return await new MnistDownload(handler, Files).LoadOrRunAsync(directory ?? CacheDirectory, directory is null, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Loads the four files of a folder. Each may be raw or end in ".gz", be called <c>train-images-idx3-ubyte</c> or <c>train-images.idx3-ubyte</c>, and
    /// lie in the folder or in one below it. <see cref="Emnist"/> and <see cref="Qmnist"/> read the collections of these names.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <returns>The samples, whose pixels stay bytes in memory and are read as 0 to 1.</returns>
    /// <exception cref="FileNotFoundException">A file is missing; the message names the file with the most similar name.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, occurs in several folders, or the files do not fit each other.</exception>
    public static MnistData Load(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return MnistReader.Load(directory, [.. Files.Select(file => file.Name)], ClassCount);
    }

    /// <summary>The files of a folder whose contents are not those of the original MNIST, or that are missing; empty if all are.</summary>
    /// <param name="directory">The folder.</param>
    public static IReadOnlyList<string> VerifyChecksums(string directory) => VerifyChecksums(directory, Files);

    /// <summary>Copies the original MNIST's files from one folder, raw or compressed, into another, raw.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="directory">Where they shall be; it is made if it does not exist.</param>
    /// <exception cref="InvalidDataException">A file is missing, or its contents are not MNIST's; nothing has been copied.</exception>
    public static void CopyFrom(string source, string directory) => CopyFrom(source, directory, Files);

    /// <summary>
    /// Fetches the original MNIST from public mirrors over HTTPS. Files that are there and right are not fetched again; the contents are
    /// checked before a file gets its name.
    /// </summary>
    /// <param name="directory">Where the raw files go; it is made if it does not exist.</param>
    /// <param name="progress">Is told how it goes.</param>
    /// <param name="cancellationToken">Ends the download; finished files stay.</param>
    /// <exception cref="IOException">No mirror gave the right contents; the message says what each did.</exception>
    public static async Task DownloadAsync(
        string directory, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using SocketsHttpHandler handler = CreateHandler();
        var download = new MnistDownload(handler, Files);
        await download.RunAsync(directory, progress, cancellationToken).ConfigureAwait(false);
    }

    internal static IReadOnlyList<string> VerifyChecksums(string directory, IReadOnlyList<MnistFile> files) =>
        [.. files.Where(file => DataFileSearch.Find(directory, file.Name) is not { } path || !Matches(path, file)).Select(file => file.Name)];

    internal static void CopyFrom(string source, string directory, IReadOnlyList<MnistFile> files)
    {
        IReadOnlyList<string> mismatches = VerifyChecksums(source, files);
        if (mismatches.Count > 0)
            throw new InvalidDataException($"{source} does not hold MNIST: {string.Join(", ", mismatches)} missing or different");
        Directory.CreateDirectory(directory);
        foreach (MnistFile file in files)
        {
            using Stream contents = Open(DataFileSearch.Find(source, file.Name)!);
            AtomicFile.Write(Path.Combine(directory, file.Name), contents.CopyTo);
        }
    }

    private static SocketsHttpHandler CreateHandler() => new() { ConnectTimeout = TimeSpan.FromSeconds(3) };

    private static Stream Open(string path)
    {
        FileStream file = File.OpenRead(path);
        return path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static bool Matches(string path, MnistFile file)
    {
        try
        {
            using Stream contents = Open(path);
            return Convert.ToHexStringLower(SHA256.HashData(contents)) == file.Sha256;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}

/// <summary>The two sets of MNIST, or of another collection in its format.</summary>
/// <param name="training">The samples to train on: 60,000 in MNIST.</param>
/// <param name="test">The samples to test on: 10,000 in MNIST.</param>
public sealed class MnistData(Dataset training, Dataset test)
{
    /// <summary>The samples to train on: 60,000 in MNIST.</summary>
    public Dataset Training { get; } = training;

    /// <summary>The samples to test on: 10,000 in MNIST.</summary>
    public Dataset Test { get; } = test;

    /// <summary>What the classes are called, in the order of the labels; empty where that is not known.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];
}
