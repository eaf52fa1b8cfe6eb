using System.Security.Cryptography;

namespace NeuralNetFromScratch;

/// <summary>
/// Downloads MNIST's files from mirrors through any message handler. If a mirror fails, sends other contents, or sends nothing for a while, the
/// next one is tried, which then comes first for the remaining files.
/// </summary>
internal sealed class MnistDownload(HttpMessageHandler handler, IReadOnlyList<MnistFile> files)
{
    /// <summary>The maximum compressed size of a file, in bytes. The largest has 9.9 MB compressed and 47 MB decompressed.</summary>
    private const int MaxCompressedLength = 20_000_000;

    /// <summary>The maximum decompressed size of a file, in bytes.</summary>
    public const int MaxLength = 60_000_000;

    public static IReadOnlyList<Uri> Mirrors { get; } =
    [
        new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
    ];

    private int _firstMirror;

    /// <summary>The maximum time for which a mirror may send nothing, before or within its response.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Loads the files of a folder after downloading the missing ones.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="replacesDamaged">
    /// Whether files with other contents are downloaded again, because the folder is used for this download alone.
    /// </param>
    /// <param name="progress">Receives the progress of the download.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    public async Task<MnistData> LoadOrRunAsync(string directory, bool replacesDamaged, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        string[] found = [.. files.Where(file => DataFileSearch.Find(directory, file.Name) is not null).Select(file => file.Name)];
        if (replacesDamaged || found.Length < files.Count)
        {
            IReadOnlyList<string> mismatches = Mnist.VerifyChecksums(directory, files);
            if (!replacesDamaged && found.FirstOrDefault(mismatches.Contains) is { } other)
                throw new InvalidDataException(
                    $"{directory} has {found.Length} of the {files.Count} files, and {other} is not the original MNIST's; a download would mix two collections. Complete the folder or specify another one");
            await RunOrExplainAsync(directory, progress, cancellationToken).ConfigureAwait(false);
        }

        return Mnist.Load(directory);
    }

    private async Task RunOrExplainAsync(string directory, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(directory, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"MNIST is not in {directory}, and could not be downloaded: {exception.Message}. Put these four files, uncompressed or with .gz at the end, into that folder, or specify the folder that has them: {string.Join(", ", files.Select(file => file.Name))}",
                exception);
        }
    }

    public async Task RunAsync(string directory, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        // The time limit also applies to the header of the response.
        using var client = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
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
        for (int attempt = 0; attempt < Mirrors.Count; attempt++)
        {
            int place = (_firstMirror + attempt) % Mirrors.Count;
            Uri mirror = Mirrors[place];
            try
            {
                var address = new Uri(mirror, file.Name + ".gz");
                byte[] compressed = await FetchAsync(client, address, file, number, progress, cancellationToken).ConfigureAwait(false);
                byte[] contents = Decompress(compressed, file);
                _firstMirror = place;
                return contents;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(FormattableString.Invariant($"{mirror.Host}: sent nothing for {SilenceLimit.TotalSeconds} s"));
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
            {
                failures.Add($"{mirror.Host}: {MessageText.Whole(exception.Message)}");
            }
        }

        throw new IOException($"{file.Name} could not be downloaded ({string.Join("; ", failures)})");
    }

    private async Task<byte[]> FetchAsync(
        HttpClient client, Uri address, MnistFile file, int number, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(SilenceLimit);
        using HttpResponseMessage response =
            await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        long? total = response.Content.Headers.ContentLength;
        using Stream stream = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        using var received = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer, silence.Token).ConfigureAwait(false) is > 0 and int count)
        {
            silence.CancelAfter(SilenceLimit);
            received.Write(buffer, 0, count);
            if (received.Length > MaxCompressedLength)
                throw new InvalidDataException($"more than {MaxCompressedLength} bytes");
            progress?.Report(new(file.Name, number, files.Count, received.Length, total));
        }

        return received.ToArray();
    }

    private static byte[] Decompress(byte[] compressed, MnistFile file)
    {
        using var stream = new CompressedFile(new MemoryStream(compressed), file.Name, MaxLength);
        using var contents = new MemoryStream();
        stream.CopyTo(contents);
        byte[] bytes = contents.ToArray();
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == file.Sha256
            ? bytes
            : throw new InvalidDataException("the contents are not MNIST's (SHA-256 differs)");
    }
}

/// <summary>One of MNIST's files.</summary>
/// <param name="Name">The name of the uncompressed file.</param>
/// <param name="Sha256">The SHA-256 of the uncompressed contents in lowercase hexadecimal digits.</param>
internal sealed record MnistFile(string Name, string Sha256);

/// <summary>The progress of a download.</summary>
/// <param name="File">The name of the current file.</param>
/// <param name="FileNumber">The number of the current file, from 1.</param>
/// <param name="FileCount">The number of files.</param>
/// <param name="BytesReceived">The number of bytes of this file so far.</param>
/// <param name="TotalBytes">The number of bytes of this file; null if the server does not send it.</param>
public readonly record struct DownloadProgress(string File, int FileNumber, int FileCount, long BytesReceived, long? TotalBytes);
