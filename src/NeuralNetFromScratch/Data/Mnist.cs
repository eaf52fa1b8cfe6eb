using System.Security.Cryptography;

namespace NeuralNetFromScratch;

/// <summary>
/// The MNIST database of handwritten digits (Y. LeCun, C. Cortes and C. Burges; CC BY-SA 3.0): four IDX files, uncompressed or gzip-compressed.
/// Other collections in the same format, such as Fashion-MNIST, can also be loaded.
/// </summary>
public static class Mnist
{
    private const int ClassCount = 10;

    /// <summary>The four files with the SHA-256 of their contents.</summary>
    internal static IReadOnlyList<MnistFile> Files { get; } =
    [
        new("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        new("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        new("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        new("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ];

    /// <summary>
    /// The default folder of <see cref="LoadOrDownloadAsync"/>: <c>NeuralNetFromScratch/mnist</c> in the user's folder for application data,
    /// which is <c>%LOCALAPPDATA%</c> on Windows, <c>~/Library/Application Support</c> on macOS, and <c>$XDG_DATA_HOME</c> or
    /// <c>~/.local/share</c> on Linux.
    /// </summary>
    /// <exception cref="InvalidOperationException">The user has no such folder, as in some containers.</exception>
    public static string CacheDirectory
    {
        get
        {
            string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return data.Length > 0
                ? Path.Combine(data, "NeuralNetFromScratch", "mnist")
                : throw new InvalidOperationException("the user has no folder for application data; specify a directory for MNIST");
        }
    }

    /// <summary>
    /// Loads MNIST after downloading the missing files (about 11 MB) from public mirrors over HTTPS. If a mirror sends nothing for 20 seconds,
    /// the next one is tried. The SHA-256 of the contents is checked before a file gets its name.
    /// </summary>
    /// <param name="directory">
    /// The folder of the files. Existing files are loaded as <see cref="Load"/> does, and only missing ones are downloaded. Null, the default,
    /// for <see cref="CacheDirectory"/>, in which a damaged file is downloaded again.
    /// </param>
    /// <param name="progress">Receives the progress of the download; a <c>ConsoleProgress</c> displays it.</param>
    /// <param name="cancellationToken">Cancels the download. Finished files are kept.</param>
    /// <returns>The samples, whose pixels are stored as bytes and read as features from 0 to 1.</returns>
    /// <exception cref="IOException">
    /// No mirror sent the right contents. The message lists the error of each mirror, and which four files to place in which folder.
    /// </exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the given folder has some, but not all, files of another collection.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="directory"/> is null and the user has no folder for application data.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled.</exception>
    public static async Task<MnistData> LoadOrDownloadAsync(
        string? directory = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using SocketsHttpHandler handler = CreateHandler();
        return await new MnistDownload(handler, Files).LoadOrRunAsync(directory ?? CacheDirectory, directory is null, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Loads the four files of a folder. Each may be uncompressed or end in ".gz", be named <c>train-images-idx3-ubyte</c> or
    /// <c>train-images.idx3-ubyte</c>, and be in the folder or one below it. <see cref="Emnist"/> and <see cref="Qmnist"/> read those
    /// collections.
    /// </summary>
    /// <param name="directory">The path of the folder.</param>
    /// <returns>The samples, whose pixels are stored as bytes and read as features from 0 to 1.</returns>
    /// <exception cref="FileNotFoundException">A file is missing. The message names the file with the most similar name.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, is in several folders, or the files do not match.</exception>
    public static MnistData Load(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return MnistReader.Load(directory, [.. Files.Select(file => file.Name)], ClassCount);
    }

    /// <summary>Returns the names of the files in a folder that are missing or differ from the original MNIST; empty if all are right.</summary>
    /// <param name="directory">The path of the folder.</param>
    public static IReadOnlyList<string> VerifyChecksums(string directory) => VerifyChecksums(directory, Files);

    /// <summary>Copies the original MNIST files, compressed or not, from one folder to another, uncompressed.</summary>
    /// <param name="source">The path of the source folder.</param>
    /// <param name="directory">The path of the destination folder, which is created if it does not exist.</param>
    /// <exception cref="InvalidDataException">A file is missing or differs from MNIST's. Nothing has been copied.</exception>
    public static void CopyFrom(string source, string directory) => CopyFrom(source, directory, Files);

    /// <summary>
    /// Downloads the original MNIST from public mirrors over HTTPS. Existing files with the right contents are not downloaded again. The contents
    /// are checked before a file gets its name.
    /// </summary>
    /// <param name="directory">The path of the folder for the uncompressed files, which is created if it does not exist.</param>
    /// <param name="progress">Receives the progress of the download.</param>
    /// <param name="cancellationToken">Cancels the download. Finished files are kept.</param>
    /// <exception cref="IOException">No mirror sent the right contents. The message lists the error of each mirror.</exception>
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
            throw new InvalidDataException($"{source} does not have the original MNIST; missing or different: {string.Join(", ", mismatches)}");
        Directory.CreateDirectory(directory);
        foreach (MnistFile file in files)
        {
            using Stream contents = Open(DataFileSearch.Find(source, file.Name)!);
            AtomicFile.Write(Path.Combine(directory, file.Name), contents.CopyTo);
        }
    }

    private static SocketsHttpHandler CreateHandler() => new() { ConnectTimeout = TimeSpan.FromSeconds(3) };

    private static Stream Open(string path) => CompressedFile.Open(path, MessageText.Escape(Path.GetFileName(path)), MnistDownload.MaxLength);

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

/// <summary>The training and test samples of MNIST, or of another collection in its format.</summary>
/// <param name="training">The training samples, 60,000 in MNIST.</param>
/// <param name="test">The test samples, 10,000 in MNIST.</param>
public sealed class MnistData(Dataset training, Dataset test)
{
    /// <summary>The training samples, 60,000 in MNIST.</summary>
    public Dataset Training { get; } = training;

    /// <summary>The test samples, 10,000 in MNIST.</summary>
    public Dataset Test { get; } = test;

    /// <summary>The names of the classes in the order of the labels; empty if they are not known.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];
}
