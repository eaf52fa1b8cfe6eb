using System.Net;
using System.Security.Cryptography;

namespace NeuralNetFromScratch.Tests.Data;

public class MnistTests
{
    private const string TrainImages = "train-images-idx3-ubyte", TrainLabels = "train-labels-idx1-ubyte";
    private const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";

    [Test]
    public void Files_are_loaded_raw_or_compressed()
    {
        using TemporaryFolder folder = Files(".gz", "");
        MnistData data = Mnist.Load(folder.Root);
        Assert.That((data.Training.Count, data.Test.Count), Is.EqualTo((3, 2)));
        Assert.That(data.Training.SampleShape, Is.EqualTo(Shape.Create([2, 2])));
        Assert.That(data.Training.GetLabel(2), Is.EqualTo(2));
        var pixels = new float[4];
        data.Training.CopyFeatures(1, pixels);
        Assert.That(pixels, Is.EqualTo((float[])[4 * (1f / 255), 5 * (1f / 255), 6 * (1f / 255), 7 * (1f / 255)]));
    }

    [Test]
    public void Files_that_do_not_fit_each_other_are_refused()
    {
        Refused(folder => IdxFile.Write(folder.File(TrainLabels), [2], [0, 1]), "has 3 images, but train-labels-idx1-ubyte 2 labels");
        Refused(folder => IdxFile.Write(folder.File(TrainLabels), [3], [0, 10, 1]), "label of sample 1 must be 0 to 9, got 10");
        Refused(folder => IdxFile.Write(folder.File(TrainLabels), [3, 1], [0, 1, 1]), "expected labels [count], got [3, 1]");
        Refused(folder => IdxFile.Write(folder.File(TrainImages), [3, 4], new byte[12]), "expected images [count, rows, columns], got [3, 4]");
        Refused(folder => IdxFile.Write(folder.File(TestImages), [2, 3, 3], new byte[18]), "training images are [2, 2], test images [3, 3]");

        static void Refused(Action<TemporaryFolder> spoil, string message)
        {
            using TemporaryFolder folder = Files("", "");
            spoil(folder);
            Assert.That(() => Mnist.Load(folder.Root), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
        }
    }

    [Test]
    public void A_missing_file_is_named()
    {
        using TemporaryFolder folder = Files("", "");
        File.Delete(folder.File(TestLabels));
        Assert.That(() => Mnist.Load(folder.Root), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains(TestLabels));
    }

    [Test]
    public void An_import_takes_only_the_right_contents([Values("", ".gz")] string ending)
    {
        using TemporaryFolder source = Files(ending, ending), target = new();
        MnistFile[] files = Table(source, ending);
        Assert.That(Mnist.VerifyChecksums(source.Root, files), Is.Empty);
        Mnist.CopyFrom(source.Root, target.Root, files);
        Assert.That(target.FileNames, Is.EquivalentTo(files.Select(file => file.Name)));
        Assert.That(Mnist.VerifyChecksums(target.Root, files), Is.Empty);

        using TemporaryFolder other = new();
        IdxFile.Write(source.File(TrainLabels + ending), [3], [9, 9, 9]);
        Assert.That(() => Mnist.CopyFrom(source.Root, other.Root, files), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(TrainLabels));
        Assert.That(other.FileNames, Is.Empty);
    }

    [Test]
    public void Files_that_are_no_MNIST_are_told_from_it()
    {
        using TemporaryFolder folder = Files("", "");
        Assert.That(Mnist.VerifyChecksums(folder.Root), Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_download_brings_checked_files()
    {
        using TemporaryFolder source = Files(".gz", ".gz"), target = new();
        MnistFile[] files = Table(source, ".gz");
        var reports = new Reports();
        await new MnistDownload(new Server(source), files).RunAsync(target.Root, reports, default);
        Assert.That(Mnist.VerifyChecksums(target.Root, files), Is.Empty);
        Assert.That(reports.Last, Has.Property(nameof(DownloadProgress.FileNumber)).EqualTo(4).And.Property(nameof(DownloadProgress.FileCount)).EqualTo(4));
    }

    [Test]
    public async Task The_second_mirror_stands_in_for_the_first([Values("dead", "wrong", "damaged", "missing")] string fault)
    {
        using TemporaryFolder source = Files(".gz", ".gz"), target = new();
        MnistFile[] files = Table(source, ".gz");
        await new MnistDownload(new Server(source) { FirstMirror = fault }, files).RunAsync(target.Root, null, default);
        Assert.That(Mnist.VerifyChecksums(target.Root, files), Is.Empty);
    }

    [Test]
    public void When_all_mirrors_fail_each_is_named_and_nothing_is_left()
    {
        using TemporaryFolder source = Files(".gz", ".gz"), target = new();
        MnistFile[] files = [.. Table(source, ".gz").Select(file => file with { Sha256 = "00" })];
        Assert.That(
            async () => await new MnistDownload(new Server(source) { FirstMirror = "dead" }, files).RunAsync(target.Root, null, default),
            Throws.InstanceOf<IOException>().With.Message.Contains("s3.amazonaws.com: no route").And.Message.Contains("storage.googleapis.com: the contents are not MNIST's"));
        Assert.That(target.FileNames, Is.Empty);
    }

    [Test]
    public async Task Files_that_are_there_are_not_fetched_again()
    {
        using TemporaryFolder source = Files(".gz", ".gz"), target = new();
        MnistFile[] files = Table(source, ".gz");
        Mnist.CopyFrom(source.Root, target.Root, files);
        File.Delete(target.File(TestImages));
        var server = new Server(source);
        await new MnistDownload(server, files).RunAsync(target.Root, null, default);
        Assert.That(server.Requests, Is.EqualTo((string[])[TestImages + ".gz"]));
    }

    [Test]
    public void A_cancelled_download_leaves_no_half_file()
    {
        using TemporaryFolder source = Files(".gz", ".gz"), target = new();
        using var cancellation = new CancellationTokenSource();
        var reports = new Reports(cancellation.Cancel);
        Assert.That(
            async () => await new MnistDownload(new Server(source), Table(source, ".gz")).RunAsync(target.Root, reports, cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(target.FileNames, Is.Empty.Or.EqualTo((string[])[TrainImages]));
    }

    private static TemporaryFolder Files(string trainEnding, string testEnding)
    {
        var folder = new TemporaryFolder();
        IdxFile.Write(folder.File(TrainImages + trainEnding), [3, 2, 2], [.. Enumerable.Range(0, 12).Select(i => (byte)i)]);
        IdxFile.Write(folder.File(TrainLabels + trainEnding), [3], [0, 1, 2]);
        IdxFile.Write(folder.File(TestImages + testEnding), [2, 2, 2], new byte[8]);
        IdxFile.Write(folder.File(TestLabels + testEnding), [2], [9, 8]);
        return folder;
    }

    private static MnistFile[] Table(TemporaryFolder folder, string ending)
    {
        using var raw = new TemporaryFolder();
        return [.. Mnist.Files.Select(file =>
        {
            IdxData data = IdxFile.Read(folder.File(file.Name + ending));
            IdxFile.Write(raw.File(file.Name), data.Shape, data.Values);
            return file with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(raw.File(file.Name)))) };
        })];
    }

    private sealed class Server(TemporaryFolder folder) : HttpMessageHandler
    {
        public string FirstMirror { get; init; } = "good";

        public List<string> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            string name = request.RequestUri!.Segments[^1];
            Requests.Add(name);
            byte[] contents = File.ReadAllBytes(folder.File(name));
            bool isFirst = request.RequestUri.Host == MnistDownload.Mirrors[0].Host;
            return (isFirst ? FirstMirror : "good") switch
            {
                "dead" => throw new HttpRequestException("no route"),
                "missing" => Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound)),
                "wrong" => Answer(File.ReadAllBytes(folder.File((name == TestLabels + ".gz" ? TrainLabels : TestLabels) + ".gz"))),
                "damaged" => Answer([.. contents.Take(contents.Length / 2)]),
                _ => Answer(contents),
            };
        }

        private static Task<HttpResponseMessage> Answer(byte[] contents) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(contents) });
    }

    private sealed class Reports(Action? onReport = null) : IProgress<DownloadProgress>
    {
        public DownloadProgress Last { get; private set; }

        public void Report(DownloadProgress value)
        {
            Last = value;
            onReport?.Invoke();
        }
    }
}
