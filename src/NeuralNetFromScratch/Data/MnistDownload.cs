using System.IO.Compression;
using System.Security.Cryptography;

namespace NeuralNetFromScratch;

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

    public async Task RunAsync(string directory, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        using var client = new HttpClient(handler, disposeHandler: false);
        IReadOnlyList<string> missing = Mnist.FindMismatches(directory, files);
        for (int number = 1; number <= files.Count; number++)
        {
            MnistFile file = files[number - 1];
            if (!missing.Contains(file.Name))
                continue;
            byte[] contents = await FetchFromAnyAsync(client, file, number, progress, cancellation).ConfigureAwait(false);
            AtomicFile.Write(Path.Combine(directory, file.Name), stream => stream.Write(contents));
        }
    }

    private async Task<byte[]> FetchFromAnyAsync(
        HttpClient client, MnistFile file, int number, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var failures = new List<string>();
        foreach (Uri mirror in Mirrors)
        {
            try
            {
                var address = new Uri(mirror, file.Name + ".gz");
                byte[] compressed = await FetchAsync(client, address, file, number, progress, cancellation).ConfigureAwait(false);
                return Decompress(compressed, file);
            }
            catch (Exception exception)
                when (exception is HttpRequestException or IOException or InvalidDataException
                    || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                failures.Add($"{mirror.Host}: {exception.Message}");
            }
        }

        throw new IOException($"{file.Name} could not be fetched ({string.Join("; ", failures)})");
    }

    private async Task<byte[]> FetchAsync(
        HttpClient client, Uri address, MnistFile file, int number, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using HttpResponseMessage response =
            await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        long? total = response.Content.Headers.ContentLength;
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var received = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and int count)
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
