namespace NeuralNetFromScratch.Tests.Data;

public class DatasetFingerprintTests
{
    [Test]
    public void The_same_arrays_have_the_same_fingerprint_and_others_another()
    {
        string?[] prints =
        [
            Arrays([1, 2], [0, 1]).GetFingerprint(), Arrays([1, 3], [0, 1]).GetFingerprint(), Arrays([1, 2], [1, 1]).GetFingerprint(),
            Dataset.FromArrays([1f, 2f], [1], [0, 1], 3).GetFingerprint(), Dataset.FromTargets([1f, 2f], [1], [0, 1], 1).GetFingerprint(),
            Dataset.FromBytes([1, 2], [1], [0, 1], 2).GetFingerprint(), Dataset.FromBytes([1, 2], [1], [0, 1], 2, scale: 1).GetFingerprint(),
            Dataset.FromSparse([0, 1, 1], [0], [1f], 2, [0, 1], 2).GetFingerprint(), Dataset.FromSparse([0, 0, 1], [0], [1f], 2, [0, 1], 2).GetFingerprint(),
            Arrays([1, 2], [0, 1]).Subset([0]).GetFingerprint(), Arrays([1, 2], [0, 1]).Subset([0, 1]).GetFingerprint(),
            Arrays([1, 2], [0, 1]).WithWeights([1, 2]).GetFingerprint(), Arrays([1, 2], [0, 1]).WithWeights([1, 3]).GetFingerprint(),
        ];
        Assert.That(prints, Is.Unique.And.All.StartsWith("sha256:"));
        Assert.That(Arrays([1, 2], [0, 1]).GetFingerprint(), Is.EqualTo(prints[0]));
    }

    [Test]
    public void A_fingerprint_of_files_goes_by_names_sizes_and_times()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a"), "abc");
        File.WriteAllText(folder.File("b"), "abc");
        string first = DatasetFingerprint.OfFiles([folder.File("a")]);
        Assert.That(DatasetFingerprint.OfFiles([folder.File("a")]), Is.EqualTo(first));
        Assert.That(DatasetFingerprint.OfFiles([folder.File("b")]), Is.Not.EqualTo(first));
        File.SetLastWriteTimeUtc(folder.File("a"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        string second = DatasetFingerprint.OfFiles([folder.File("a")]);
        Assert.That(second, Is.Not.EqualTo(first));
        File.WriteAllText(folder.File("a"), "abcd");
        File.SetLastWriteTimeUtc(folder.File("a"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.That(DatasetFingerprint.OfFiles([folder.File("a")]), Is.Not.EqualTo(second));
        Assert.That(() => DatasetFingerprint.OfFiles([folder.File("none")]), Throws.InstanceOf<FileNotFoundException>());
    }

    [Test]
    public void Long_values_are_hashed_as_a_whole()
    {
        int[] values = new int[(1 << 20) + 5];
        string first = DatasetFingerprint.OfValues<int>(values);
        values[^1] = 1;
        Assert.That(DatasetFingerprint.OfValues<int>(values), Is.Not.EqualTo(first));
        Assert.That(DatasetFingerprint.OfValues<byte>([1, 2, 3]), Is.EqualTo("sha256:039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"));
        Assert.That(DatasetFingerprint.Combine("a", "bc"), Is.Not.EqualTo(DatasetFingerprint.Combine("ab", "c")));
    }

    private static Dataset Arrays(float[] features, int[] labels) => Dataset.FromArrays(features, [1], labels, 2);
}
