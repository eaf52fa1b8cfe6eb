using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Data;

public class FileDatasetTests
{
    private static readonly Shape Picture = [3, 5];

    [Test]
    public void Several_files_are_one_data_set_with_the_samples_of_one_in_memory()
    {
        using var files = new Files(40, 0, 1, 300);
        using FileDataset data = files.Open();
        int[] rows = [.. Enumerable.Range(0, 341), .. Enumerable.Range(0, 341).Reverse(), 17, 17, 18, 40, 41];
        Assert.That((data.Count, data.SampleShape, data.ClassCount, data.IgnoreLabel), Is.EqualTo((341, Picture, 4, (int?)null)));
        foreach (bool isSubset in new[] { false, true })
        {
            Dataset read = isSubset ? data.Subset(rows) : data, expected = isSubset ? files.InMemory.Subset(rows) : files.InMemory;
            (float[] features, int[] labels) = Gather(read, rows[..300]);
            (float[] expectedFeatures, int[] expectedLabels) = Gather(expected, rows[..300]);
            Assert.That(features.AsSpan().SequenceEqual(expectedFeatures), $"{isSubset}");
            Assert.That(labels, Is.EqualTo(expectedLabels));
        }

        Assert.That(Sample(data, 340), Is.EqualTo(Sample(files.InMemory, 340)));
        Assert.That(() => data.GetLabel(341), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Sample(data, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_training_on_files_has_the_bits_of_one_on_memory([Values(1, 16)] int block, [Values(1, 2)] int threads)
    {
        using var files = new Files(150, 90);
        using FileDataset data = files.Open();
        Assert.That(Trained(data), Is.EqualTo(Trained(files.InMemory)));

        float[] Trained(Dataset samples)
        {
            var network = new Sequential(Picture, 1, new Flatten(), new Dense(6, Activation.Relu), new Dense(4));
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), new TrainerOptions { ThreadCount = threads });
            trainer.Fit(samples, new FitOptions { Epochs = 3, BatchSize = 32, ValidationFraction = 0.2, ShuffleBlock = block, Augmentation = new ImageAugmentation { MaxShift = 1 } });
            return [.. network.Parameters.Values];
        }
    }

    [Test]
    public void Reading_allocates_nothing()
    {
        using var files = new Files(200, 200);
        using FileDataset data = files.Open();
        int[] rows = [.. Enumerable.Range(0, 300).Select(i => i * 7 % 400)];
        var features = new float[rows.Length * Picture.ElementCount];
        var labels = new int[rows.Length];
        Assert.That(Allocation.Least(() => data.Gather(rows, new BatchDestination(new MatrixView(features, rows.Length, Picture.ElementCount)) { Labels = labels })), Is.Zero);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "A file without contents takes its whole size on the disk there.")]
    public void A_file_longer_than_memory_is_opened_by_its_header()
    {
        const int Count = 30_000, Side = 1000;
        using var folder = new TemporaryFolder();
        string images = folder.File("images"), labels = folder.File("labels");
        File.WriteAllBytes(images, [0, 0, 8, 3, 0, 0, Count >> 8, Count & 255, 0, 0, Side >> 8, Side & 255, 0, 0, Side >> 8, Side & 255]);
        using (var file = new FileStream(images, FileMode.Open))
        {
            file.SetLength(16 + (long)Count * Side * Side);
            file.Seek(-1, SeekOrigin.End);
            file.WriteByte(255);
        }

        IdxFile.Write(labels, [Count], new byte[Count]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using FileDataset data = IdxFile.OpenDataset([(images, labels)], 2);
        var pixels = new float[Side * Side];
        data.CopyFeatures(Count - 1, pixels);
        Assert.That((pixels[^2], pixels[^1]), Is.EqualTo((0f, 1f)));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10 * pixels.Length));
    }

    [Test]
    public void The_fingerprint_goes_by_names_sizes_times_and_settings()
    {
        using var files = new Files(5, 6);
        string first = Print(), scaled, later;
        using (FileDataset other = IdxFile.OpenDataset(files.Pairs, 4, scale: 1))
            scaled = other.GetFingerprint();
        File.SetLastWriteTimeUtc(files.Pairs[0].Labels, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        later = Print();
        File.SetLastWriteTimeUtc(files.Pairs[1].Images, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        string last = Print();
        Assert.That(new[] { first, scaled, later, last }, Is.Unique);
        Assert.That(Print(), Is.EqualTo(last));

        string Print()
        {
            using FileDataset data = files.Open();
            return data.GetFingerprint();
        }
    }

    [Test]
    public void Malformed_files_are_refused_when_they_are_opened()
    {
        using var files = new Files(20, 30);
        string images = files.Pairs[1].Images, labels = files.Pairs[1].Labels;
        byte[] right = File.ReadAllBytes(images);
        Refuses(images, right[..^1], $"1.images: a file of shape [30, 3, 5] has {16 + 30 * 15} bytes, got {15 + 30 * 15}");
        Refuses(images, [.. right, 0], $"1.images: a file of shape [30, 3, 5] has {16 + 30 * 15} bytes, got {17 + 30 * 15}");
        Refuses(images, right[..9], "1.images: the file ends within its 3 dimensions");
        Refuses(images, [0, 0, 8, 1, 0, 0, 0, 1, 7], "1.images: expected samples [count, …], got [1]");
        Refuses(images, [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5], "1.images: shape [0, 0, 5] has samples of no bytes");
        Refuses(images, [0, 0, 8, 4, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255], "has samples of more bytes than an array can hold");
        Refuses(images, [0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 7], "0.images has samples [3, 5], but 1.images [2]");
        Refuses(images, [0x1F, 0x8B, 8, 0], "1.images: the file is compressed with gzip, so that no sample can be read without all before it; decompress it first");
        Refuses(images, [.. "BZh9"u8], "bzip2");
        Refuses(images, [0x28, 0xB5, 0x2F, 0xFD], "zstd");
        Refuses(images, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz");
        byte[] rightLabels = File.ReadAllBytes(labels);
        rightLabels[^1] = 4;
        Refuses(labels, rightLabels, "1.labels: the label of sample 29 must be 0 to 3, got 4");
        Refuses(labels, [0, 0, 8, 1, 0, 0, 0, 1, 0], "1.images has 30 samples, but 1.labels 1 labels");
        Refuses(labels, [0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0], "1.labels: expected labels [count], got [1, 1]");
        Assert.That(() => IdxFile.OpenDataset([], 4), Throws.ArgumentException);
        Assert.That(() => IdxFile.OpenDataset(files.Pairs, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => IdxFile.OpenDataset(files.Pairs, 4, float.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => IdxFile.OpenDataset([("none", labels)], 4), Throws.InstanceOf<FileNotFoundException>());

        void Refuses(string path, byte[] contents, string message)
        {
            byte[] before = File.ReadAllBytes(path);
            File.WriteAllBytes(path, contents);
            Assert.That(() => files.Open(), Throws.TypeOf<InvalidDataException>().With.Message.Contains(message));
            File.WriteAllBytes(path, before);
        }
    }

    [Test]
    public void A_label_that_is_ignored_may_be_above_the_classes()
    {
        using var files = new Files(3);
        File.WriteAllBytes(files.Pairs[0].Labels, [0, 0, 8, 1, 0, 0, 0, 3, 0, 255, 1]);
        using FileDataset data = IdxFile.OpenDataset(files.Pairs, 4, ignoreLabel: 255);
        Assert.That((data.GetLabel(1), data.IgnoreLabel), Is.EqualTo((255, 255)));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "A file that is open cannot be changed there.")]
    public void A_change_of_a_file_in_use_is_an_error([Values("longer", "shorter", "later")] string change)
    {
        using var files = new Files(20, 30);
        using FileDataset data = files.Open();
        Gather(data, [0, 20]);
        string images = files.Pairs[1].Images;
        if (change == "later")
        {
            File.SetLastWriteTimeUtc(images, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }
        else
        {
            using var file = new FileStream(images, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(change == "longer" ? 1000 : 100);
        }

        Assert.That(() => Gather(data, [0, 20]), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("1.images: the file has changed while it was in use: it had 466 bytes of "));
        Assert.That(() => Gather(data, [0, 19]), Throws.Nothing);
    }

    [Test]
    public void A_closed_data_set_cannot_be_read_but_announced()
    {
        using var files = new Files(20);
        FileDataset data = files.Open();
        data.Announce(0, 20);
        data.Dispose();
        data.Announce(5, 10);
        Assert.That(() => Sample(data, 3), Throws.TypeOf<ObjectDisposedException>());
    }

    private static float[] Sample(Dataset data, int index)
    {
        var features = new float[data.SampleShape.ElementCount];
        data.CopyFeatures(index, features);
        return features;
    }

    private static (float[] Features, int[] Labels) Gather(Dataset data, int[] rows)
    {
        var features = new float[rows.Length * data.SampleShape.ElementCount];
        var labels = new int[rows.Length];
        data.Gather(rows, new BatchDestination(new MatrixView(features, rows.Length, data.SampleShape.ElementCount)) { Labels = labels });
        return (features, labels);
    }

    /// <summary>Pairs of files with pictures of random bytes and labels of four classes.</summary>
    private sealed class Files : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Files(params int[] counts)
        {
            List<byte> allPixels = [], allLabels = [];
            var random = new RandomSource(7);
            foreach (int count in counts)
            {
                byte[] pixels = [.. Enumerable.Range(0, count * Picture.ElementCount).Select(i => (byte)random.Bits((ulong)(allPixels.Count + i)))];
                byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)random.Fork(1).Below((ulong)(allLabels.Count + i), 4))];
                Pairs.Add((_folder.File($"{Pairs.Count}.images"), _folder.File($"{Pairs.Count}.labels")));
                IdxFile.Write(Pairs[^1].Images, [count, .. Picture], pixels);
                IdxFile.Write(Pairs[^1].Labels, [count], labels);
                allPixels.AddRange(pixels);
                allLabels.AddRange(labels);
            }

            InMemory = Dataset.FromBytes([.. allPixels], Picture, [.. allLabels], 4);
        }

        public List<(string Images, string Labels)> Pairs { get; } = [];

        public Dataset InMemory { get; }

        public FileDataset Open() => IdxFile.OpenDataset(Pairs, 4);

        public void Dispose() => _folder.Dispose();
    }
}
