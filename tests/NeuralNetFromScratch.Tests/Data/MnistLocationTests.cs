using System.Net;
using System.Security.Cryptography;

namespace NeuralNetFromScratch.Tests.Data;

/// <summary>Where MNIST's files may lie and what they may be called, and what happens where they have to be downloaded.</summary>
public class MnistLocationTests
{
    private const string TrainImages = "train-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";

    [TestCase("{0}")]
    [TestCase("{0}.gz")]
    [TestCase("{1}")]
    [TestCase("{1}.gz")]
    [TestCase("MNIST/raw/{0}")]
    [TestCase("{0}/{0}")]
    [TestCase("archive/{1}/{1}.gz")]
    public void Files_are_found_under_the_names_and_in_the_folders_of_copies(string place)
    {
        using var folder = new TemporaryFolder();
        foreach ((string name, Shape shape, byte[] values) in Contents())
            Write(folder, string.Format(null, place, name, name.Replace("-idx", ".idx", StringComparison.Ordinal)), shape, values);
        MnistData data = Mnist.Load(folder.Root);
        Assert.That((data.Training.Count, data.Test.Count), Is.EqualTo((3, 2)));
    }

    [Test]
    public void Files_of_the_folder_itself_come_before_those_below_it()
    {
        using TemporaryFolder folder = Raw();
        Write(folder, "older/" + TestLabels, [2], [0, 0]);
        Assert.That(Mnist.Load(folder.Root).Test.GetLabel(0), Is.EqualTo(9));
    }

    [Test]
    public void Files_in_two_folders_are_refused_with_both()
    {
        using var folder = new TemporaryFolder();
        foreach (string collection in (string[])["MNIST", "FashionMNIST"])
        {
            foreach ((string name, Shape shape, byte[] values) in Contents())
                Write(folder, $"{collection}/raw/{name}", shape, values);
        }

        Assert.That(() => Mnist.Load(folder.Root), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("several folders").And.Message.Contains("FashionMNIST"));
        Assert.That(Mnist.Load(Path.Combine(folder.Root, "MNIST")).Training.Count, Is.EqualTo(3));
    }

    [TestCase("train-images.zip", "the most similar name is train-images.zip")]
    [TestCase("train-images-idx3-ubyte (1).gz", "the most similar name is train-images-idx3-ubyte (1).gz")]
    [TestCase("emnist-letters-train-images-idx3-ubyte.gz", "which Emnist.Load reads")]
    [TestCase("qmnist-train-images-idx3-ubyte.gz", "which Qmnist.Load reads")]
    [TestCase("readme.txt", "or a folder below it")]
    public void A_missing_file_is_named_with_the_most_similar_name(string present, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(present), "");
        Assert.That(() => Mnist.Load(folder.Root), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains($"neither {TrainImages} nor {TrainImages}.gz is in ").And.Message.Contains(message));
        Assert.That(() => Mnist.Load(folder.File("none")), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("does not exist"));
    }

    [Test]
    public void EMNIST_letters_are_turned_and_counted_from_0()
    {
        using var folder = new TemporaryFolder();
        foreach (string set in (string[])["train", "test"])
        {
            // A picture of 2 × 2 pixels, column by column: 1 3 over 2 4 lies as 1 2 3 4.
            Write(folder, $"gzip/emnist-letters-{set}-images-idx3-ubyte.gz", [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
            Write(folder, $"gzip/emnist-letters-{set}-labels-idx1-ubyte.gz", [2], [1, 26]);
        }

        MnistData data = Emnist.Load(folder.Root, EmnistSplit.Letters);
        Assert.That((data.Training.ClassCount, data.Training.GetLabel(0), data.Training.GetLabel(1)), Is.EqualTo((26, 0, 25)));
        Assert.That((data.ClassNames[0], data.ClassNames[25]), Is.EqualTo(("A", "Z")));
        var pixels = new float[4];
        data.Test.CopyFeatures(1, pixels);
        Assert.That(pixels.Select(pixel => Math.Round(pixel * 255)), Is.EqualTo((double[])[5, 7, 6, 8]));
        Assert.That(() => Emnist.Load(folder.Root, EmnistSplit.Balanced), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("emnist-letters-t"));
    }

    [TestCase(EmnistSplit.ByClass, "byclass", 62, "z")]
    [TestCase(EmnistSplit.ByMerge, "bymerge", 47, "t")]
    [TestCase(EmnistSplit.Balanced, "balanced", 47, "t")]
    [TestCase(EmnistSplit.Digits, "digits", 10, "9")]
    [TestCase(EmnistSplit.Mnist, "mnist", 10, "9")]
    public void Each_part_of_EMNIST_has_its_classes(EmnistSplit split, string name, int classes, string last)
    {
        using var folder = new TemporaryFolder();
        foreach (string set in (string[])["train", "test"])
        {
            Write(folder, $"emnist-{name}-{set}-images-idx3-ubyte", [1, 2, 2], new byte[4]);
            Write(folder, $"emnist-{name}-{set}-labels-idx1-ubyte", [1], [(byte)(classes - 1)]);
        }

        MnistData data = Emnist.Load(folder.Root, split);
        Assert.That((data.Training.ClassCount, data.ClassNames.Count, data.ClassNames[^1]), Is.EqualTo((classes, classes, last)));
        Write(folder, $"emnist-{name}-test-labels-idx1-ubyte", [1], [(byte)classes]);
        Assert.That(() => Emnist.Load(folder.Root, split), Throws.InstanceOf<InvalidDataException>().With.Message.Contains($"label of sample 0 must be 0 to {classes - 1}, got {classes}"));
    }

    [Test]
    public void QMNIST_labels_are_the_first_of_eight_integers()
    {
        using var folder = new TemporaryFolder();
        foreach (string set in (string[])["train", "test"])
        {
            Write(folder, $"qmnist-{set}-images-idx3-ubyte", [2, 2, 2], new byte[8]);
            File.WriteAllBytes(folder.File($"qmnist-{set}-labels-idx2-int"), Integers([2, 8], [7, 1, 2, 300, 4, 5, 6, -7, 3, 1, 2, 3, 4, 5, 6, 7]));
        }

        MnistData data = Qmnist.Load(folder.Root);
        Assert.That((data.Training.GetLabel(0), data.Test.GetLabel(1)), Is.EqualTo((7, 3)));
        File.WriteAllBytes(folder.File("qmnist-test-labels-idx2-int"), Integers([2, 8], new int[15]));
        Assert.That(() => Qmnist.Load(folder.Root), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("has 76 bytes, got 72"));
        File.WriteAllBytes(folder.File("qmnist-test-labels-idx2-int"), Integers([2, 1], [0, -1]));
        Assert.That(() => Qmnist.Load(folder.Root), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("label of sample 1 must be 0 to 9, got -1"));
        File.WriteAllBytes(folder.File("qmnist-test-labels-idx2-int"), Integers([int.MaxValue, int.MaxValue], []));
        Assert.That(() => Qmnist.Load(folder.Root), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public async Task A_complete_folder_of_any_collection_is_loaded_without_a_request()
    {
        using TemporaryFolder folder = Raw();
        var server = new Mirrors(folder, (_, _) => throw new HttpRequestException("no route"));
        MnistData data = await new MnistDownload(server, Table(folder, "00")).LoadOrRunAsync(folder.Root, replacesDamaged: false, null, default);
        Assert.That(data.Training.Count, Is.EqualTo(3));
        Assert.That(server.Hosts, Is.Empty);
    }

    [Test]
    public async Task Missing_files_are_downloaded_and_damaged_ones_of_the_cache_too()
    {
        using TemporaryFolder source = Raw(), target = new();
        MnistFile[] table = Table(source);
        await new MnistDownload(new Mirrors(source), table).LoadOrRunAsync(target.File("new/folder"), replacesDamaged: true, null, default);
        string damaged = target.File("new/folder/" + TestLabels);
        IdxFile.Write(damaged, [2], [1, 1]);
        MnistData data = await new MnistDownload(new Mirrors(source), table).LoadOrRunAsync(target.File("new/folder"), replacesDamaged: true, null, default);
        Assert.That(data.Test.GetLabel(0), Is.EqualTo(9));
    }

    [Test]
    public void Another_collection_that_is_not_whole_is_not_mixed_with_MNIST()
    {
        using TemporaryFolder source = Raw(), target = new();
        IdxFile.Write(target.File(TestLabels), [2], [1, 1]);
        Assert.That(
            async () => await new MnistDownload(new Mirrors(source), Table(source)).LoadOrRunAsync(target.Root, replacesDamaged: false, null, default),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("1 of the 4 files").And.Message.Contains(TestLabels));
        Assert.That(target.FileNames, Is.EqualTo((string[])[TestLabels]));
    }

    [Test]
    public async Task A_body_that_stalls_is_left_for_the_next_mirror_which_then_comes_first([Values] bool sendsHeader)
    {
        using TemporaryFolder source = Raw(), target = new();
        var server = new Mirrors(source, async (contents, cancellation) =>
        {
            if (!sendsHeader)
                await Task.Delay(Timeout.Infinite, cancellation);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StallingStream(contents[..(contents.Length / 2)])) };
        });
        var download = new MnistDownload(server, Table(source)) { SilenceLimit = TimeSpan.FromMilliseconds(200) };
        MnistData data = await download.LoadOrRunAsync(target.Root, replacesDamaged: true, null, default);
        Assert.That(data.Training.Count, Is.EqualTo(3));
        Assert.That(server.Hosts.Count(host => host == MnistDownload.Mirrors[0].Host), Is.EqualTo(1), "only the first file was asked for at the mirror that stalls");
    }

    [Test]
    public async Task The_error_lists_the_files_and_folder_if_no_mirror_is_reachable()
    {
        using TemporaryFolder source = Raw(), target = new();
        var server = new Mirrors(source, (_, _) => throw new HttpRequestException("no route")) { SecondMirror = HttpStatusCode.NotFound };
        IOException? error = await Assert.ThrowsAsync<IOException>(
            async () => await new MnistDownload(server, Table(source)).LoadOrRunAsync(target.Root, replacesDamaged: true, null, default));
        string message = error!.Message;
        Assert.That(message, Does.Contain(target.Root).And.Contain("no route").And.Contain("404"));
        foreach (MnistFile file in Mnist.Files)
            Assert.That(message, Does.Contain(file.Name));
    }

    [Test]
    public void Wrong_contents_from_all_mirrors_are_said_and_not_kept()
    {
        using TemporaryFolder source = Raw(), target = new();
        var download = new MnistDownload(new Mirrors(source), Table(source, "00"));
        Assert.That(
            async () => await download.LoadOrRunAsync(target.Root, replacesDamaged: true, null, default),
            Throws.InstanceOf<IOException>().With.Message.Contains("SHA-256 differs").And.Message.Contains("Put these four files"));
        Assert.That(target.FileNames, Is.Empty);
    }

    [Test]
    public void A_cancelled_download_is_cancelled_and_not_a_mirrors_fault()
    {
        using TemporaryFolder source = Raw(), target = new();
        using var cancellation = new CancellationTokenSource();
        var server = new Mirrors(source, async (_, token) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return new HttpResponseMessage();
        });
        Assert.That(
            async () => await new MnistDownload(server, Table(source)).LoadOrRunAsync(target.Root, replacesDamaged: true, null, cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void The_cache_is_in_the_users_folder_for_application_data() => Assert.That(
        Mnist.CacheDirectory,
        Does.StartWith(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)).And.EndsWith(Path.Combine("NeuralNetFromScratch", "mnist")));

    private static IEnumerable<(string Name, Shape Shape, byte[] Values)> Contents() =>
    [
        (TrainImages, [3, 2, 2], [.. Enumerable.Range(0, 12).Select(i => (byte)i)]), ("train-labels-idx1-ubyte", [3], [0, 1, 2]),
        ("t10k-images-idx3-ubyte", [2, 2, 2], new byte[8]), (TestLabels, [2], [9, 8]),
    ];

    private static TemporaryFolder Raw()
    {
        var folder = new TemporaryFolder();
        foreach ((string name, Shape shape, byte[] values) in Contents())
            Write(folder, name, shape, values);
        return folder;
    }

    private static void Write(TemporaryFolder folder, string place, Shape shape, byte[] values)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(place))!);
        IdxFile.Write(folder.File(place), shape, values);
    }

    private static MnistFile[] Table(TemporaryFolder folder, string? sha256 = null) =>
        [.. Mnist.Files.Select(file => file with { Sha256 = sha256 ?? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder.File(file.Name)))) })];

    private static byte[] Integers(int[] dimensions, int[] values)
    {
        using var stream = new MemoryStream();
        stream.Write([0, 0, 0x0C, (byte)dimensions.Length]);
        foreach (int value in (int[])[.. dimensions, .. values])
            stream.Write([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
        return stream.ToArray();
    }

    /// <summary>Mirrors that send the files of a folder, compressed; the first one answers in a way of its own.</summary>
    private sealed class Mirrors(TemporaryFolder folder, Func<byte[], CancellationToken, Task<HttpResponseMessage>>? first = null) : HttpMessageHandler
    {
        public List<string> Hosts { get; } = [];

        public HttpStatusCode SecondMirror { get; init; } = HttpStatusCode.OK;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string host = request.RequestUri!.Host, name = Path.GetFileNameWithoutExtension(request.RequestUri.Segments[^1]);
            Hosts.Add(host);
            using var compressed = new MemoryStream();
            using (var gzip = new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.Fastest))
                gzip.Write(File.ReadAllBytes(folder.File(name)));
            byte[] contents = compressed.ToArray();
            return first is not null && host == MnistDownload.Mirrors[0].Host
                ? first(contents, cancellationToken)
                : Task.FromResult(new HttpResponseMessage(first is null ? HttpStatusCode.OK : SecondMirror) { Content = new ByteArrayContent(contents) });
        }
    }

    /// <summary>A body that sends some bytes and then nothing more, without an end.</summary>
    private sealed class StallingStream(byte[] contents) : MemoryStream(contents)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await base.ReadAsync(buffer, cancellationToken);
            if (count == 0)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return count;
        }
    }
}
