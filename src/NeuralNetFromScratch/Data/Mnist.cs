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

    /// <summary>Loads the four files of a folder.</summary>
    /// <param name="directory">The folder, with each file raw or with ".gz" at the end of its name.</param>
    /// <returns>The samples, whose pixels stay bytes in memory and are read as 0 to 1.</returns>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not fit each other.</exception>
    public static MnistData Load(string directory)
    {
        Dataset training = LoadPair(directory, Files[0].Name, Files[1].Name);
        Dataset test = LoadPair(directory, Files[2].Name, Files[3].Name);
        if (training.SampleShape != test.SampleShape)
            throw new InvalidDataException($"training images are {training.SampleShape}, test images {test.SampleShape}");
        return new MnistData(training, test);
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
        using var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3) };
        var download = new MnistDownload(handler, Files);
        await download.RunAsync(directory, progress, cancellationToken).ConfigureAwait(false);
    }

    internal static IReadOnlyList<string> VerifyChecksums(string directory, IReadOnlyList<MnistFile> files) =>
        [.. files.Where(file => Locate(directory, file.Name) is not { } path || !Matches(path, file)).Select(file => file.Name)];

    internal static void CopyFrom(string source, string directory, IReadOnlyList<MnistFile> files)
    {
        IReadOnlyList<string> mismatches = VerifyChecksums(source, files);
        if (mismatches.Count > 0)
            throw new InvalidDataException($"{source} does not hold MNIST: {string.Join(", ", mismatches)} missing or different");
        Directory.CreateDirectory(directory);
        foreach (MnistFile file in files)
        {
            using Stream contents = Open(Locate(source, file.Name)!);
            AtomicFile.Write(Path.Combine(directory, file.Name), contents.CopyTo);
        }
    }

    private static Dataset LoadPair(string directory, string imagesName, string labelsName)
    {
        string imagesPath = LocateOrThrow(directory, imagesName), labelsPath = LocateOrThrow(directory, labelsName);
        IdxData labels = IdxFile.Read(labelsPath);
        if (labels.Shape.Rank != 1)
            throw new InvalidDataException($"{labelsName}: expected labels [count], got {labels.Shape}");
        if (labels.Values.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(ClassCount - 1)) is >= 0 and int wrong)
            throw new InvalidDataException($"{labelsName}: label {wrong} must be 0 to {ClassCount - 1}, got {labels.Values[wrong]}");
        IdxData images = IdxFile.Read(imagesPath);
        if (images.Shape.Rank != 3 || images.Shape[1] == 0 || images.Shape[2] == 0)
            throw new InvalidDataException($"{imagesName}: expected images [count, rows, columns], got {images.Shape}");
        if (images.Shape[0] != labels.Shape[0])
            throw new InvalidDataException($"{imagesName} has {images.Shape[0]} images, but {labelsName} {labels.Shape[0]} labels");
        return Dataset.FromBytes(images.Values, [images.Shape[1], images.Shape[2]], labels.Values, ClassCount);
    }

    private static string? Locate(string directory, string name)
    {
        string raw = Path.Combine(directory, name), compressed = raw + ".gz";
        return File.Exists(raw) ? raw : File.Exists(compressed) ? compressed : null;
    }

    private static string LocateOrThrow(string directory, string name) =>
        Locate(directory, name) ?? throw new FileNotFoundException($"neither {name} nor {name}.gz is in {directory}", name);

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
}

/// <summary>Fetches MNIST's files from mirrors, through any message handler.</summary>
internal sealed class MnistDownload(HttpMessageHandler handler, IReadOnlyList<MnistFile> files)
{
    /// <summary>The largest file has 9.9 MB compressed and 47 MB raw; whatever is larger is not MNIST.</summary>
    private const int MaxCompressedLength = 20_000_000, MaxLength = 60_000_000;

    public static IReadOnlyList<Uri> Mirrors { get; } =
    [
        new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
    ];

    public async Task RunAsync(string directory, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        using var client = new HttpClient(handler, disposeHandler: false);
        IReadOnlyList<string> missing = Mnist.VerifyChecksums(directory, files);
        for (int number = 1; number <= files.Count; number++)
        {
            MnistFile file = files[number - 1];
            if (!missing.Contains(file.Name))
                continue;
            byte[] contents = await FetchFromAnyAsync(client, file, number, progress, cancellationToken).ConfigureAwait(false);
            AtomicFile.Write(Path.Combine(directory, file.Name), stream => stream.Write(contents));
        }
    }

    private async Task<byte[]> FetchFromAnyAsync(
        HttpClient client, MnistFile file, int number, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        foreach (Uri mirror in Mirrors)
        {
            try
            {
                var address = new Uri(mirror, file.Name + ".gz");
                byte[] compressed = await FetchAsync(client, address, file, number, progress, cancellationToken).ConfigureAwait(false);
                return Decompress(compressed, file);
            }
            catch (Exception exception)
                when (exception is HttpRequestException or IOException or InvalidDataException
                    || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                failures.Add($"{mirror.Host}: {exception.Message}");
            }
        }

        throw new IOException($"{file.Name} could not be fetched ({string.Join("; ", failures)})");
    }

    private async Task<byte[]> FetchAsync(
        HttpClient client, Uri address, MnistFile file, int number, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response =
            await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        long? total = response.Content.Headers.ContentLength;
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var received = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int count)
        {
            received.Write(buffer, 0, count);
            if (received.Length > MaxCompressedLength)
                throw new InvalidDataException($"more than {MaxCompressedLength} bytes");
            progress?.Report(new(file.Name, number, files.Count, received.Length, total));
        }

        return received.ToArray();
    }

    private static byte[] Decompress(byte[] compressed, MnistFile file)
    {
        using var stream = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var contents = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (stream.Read(buffer) is > 0 and int count)
        {
            contents.Write(buffer, 0, count);
            if (contents.Length > MaxLength)
                throw new InvalidDataException($"more than {MaxLength} bytes when decompressed");
        }

        byte[] bytes = contents.ToArray();
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == file.Sha256
            ? bytes
            : throw new InvalidDataException("the contents are not MNIST's (SHA-256 differs)");
    }
}

/// <summary>One of MNIST's files.</summary>
/// <param name="Name">Its name, uncompressed.</param>
/// <param name="Sha256">SHA-256 of its uncompressed contents, in lower-case hexadecimal digits.</param>
internal sealed record MnistFile(string Name, string Sha256);

/// <summary>Where a download stands.</summary>
/// <param name="File">The file that is being fetched.</param>
/// <param name="FileNumber">Its number, from 1.</param>
/// <param name="FileCount">How many files there are.</param>
/// <param name="BytesReceived">Bytes of this file so far.</param>
/// <param name="TotalBytes">Bytes of this file, where the server says.</param>
public readonly record struct DownloadProgress(string File, int FileNumber, int FileCount, long BytesReceived, long? TotalBytes);
