using System.Text;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Data;

public class SvmLightDatasetTests
{
    private static readonly string[] Texts =
    [
        "\uFEFF1 qid:1 1:0.5 7:2\r\n# comment 5:5\r\n\r\n-1 qid:1 \t 2:1e-3 # 9:9\r\n1 qid:2\r\n3 qid:2 1:1\t4:-4 7:7",
        "",
        "-1 3:3\n 3 2:2 8:8 \n",
    ];

    [Test]
    public void Several_files_are_one_data_set_with_the_samples_of_one_in_memory([Values] bool isSparse, [Values] bool isRegression)
    {
        using var folder = new TemporaryFolder();
        string[] paths = Write(folder, Texts);
        using FileDataset data = isRegression ? SvmLightFile.OpenTargets(paths) : SvmLightFile.OpenClasses(paths);
        SvmLightData memory = Read(string.Join('\n', Texts.Select(text => text.TrimStart('\uFEFF').Replace("qid:1 ", "").Replace("qid:2 ", "").Replace("qid:2", ""))));
        Dataset expected = isRegression ? memory.ToTargets() : memory.ToClasses();
        Assert.That((data.Count, data.SampleShape, data.SparseColumnCount, data.ClassCount, data.TargetLength), Is.EqualTo((6, expected.SampleShape, 8, expected.ClassCount, expected.TargetLength)));
        int[] rows = [0, 1, 2, 3, 4, 5, 5, 3, 1, 2, 0, 4];
        foreach (Dataset[] pair in new Dataset[][] { [data, expected], [data.Subset(rows), expected.Subset(rows)] })
            Assert.That(Gathered(pair[0], rows[..6], isSparse), Is.EqualTo(Gathered(pair[1], rows[..6], isSparse)));
        var features = new float[8];
        data.CopyFeatures(3, features);
        Assert.That(features, Is.EqualTo([1, 0, 0, -4, 0, 0, 7, 0]));
    }

    [Test]
    public void A_training_on_files_has_the_bits_of_one_on_memory([Values(1, 8)] int block)
    {
        using var folder = new TemporaryFolder();
        Dataset samples = new SparseSamples(count: 300, columns: 41, denseColumns: 0, classCount: 4, seed: 1).Sparse;
        string[] paths = [folder.File("a"), folder.File("b")];
        SvmLightFile.Write(paths[0], samples.Subset([.. Enumerable.Range(0, 130)]));
        SvmLightFile.Write(paths[1], samples.Subset([.. Enumerable.Range(130, 170)]));
        using FileDataset data = SvmLightFile.OpenClasses(paths, new SvmLightOptions { ColumnCount = 41 });
        Assert.That(Trained(data), Is.EqualTo(Trained(samples)));

        float[] Trained(Dataset training)
        {
            var network = new Sequential([41], 1, new Dense(6, Activation.Relu), new Dense(4));
            new Trainer(network, new SoftmaxCrossEntropy(), new Adam()).Fit(training, new FitOptions { Epochs = 3, BatchSize = 32, ValidationFraction = 0.2, ShuffleBlock = block });
            return [.. network.Parameters.Values];
        }
    }

    [Test]
    public void Reading_allocates_nothing()
    {
        using var folder = new TemporaryFolder();
        using FileDataset data = SvmLightFile.OpenClasses(Write(folder, Texts));
        int[] rows = [0, 3, 4, 5, 1];
        var features = new float[rows.Length * 8];
        var labels = new int[rows.Length];
        Assert.That(Allocation.Least(() => data.Gather(rows, new BatchDestination(new MatrixView(features, rows.Length, 8)) { Labels = labels })), Is.Zero);
    }

    [TestCase("1 1:1\nx 1:1", "0, line 2: \"x\" is not a label; expected a finite number")]
    [TestCase("1 1:1\n1 5:", "0, line 2: the value of column 5 must be a finite number, got \"\"")]
    [TestCase("1 -1:1 2:1", "0, line 1: columns are counted from 0, got -1")]
    public void Ends_of_lines_are_checked_when_the_files_are_opened(string text, string message)
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => SvmLightFile.OpenClasses(Write(folder, text)), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(message));
    }

    [TestCase("1 1:1\n# c\n2 1:1 3:x 5:1", "0, line 3, sample 1: the value of column 3 must be a finite number, got \"x\"")]
    [TestCase("1 1:1\n2 1:1 7:1 5:1", "0, line 2, sample 1: column 7 exceeds the 5 columns, which are counted from 1")]
    [TestCase("1 1:1\n2 1:1 1:1 5:1", "0, line 2, sample 1: columns must ascend, got 1 after 1")]
    [TestCase("1 1:1\n2 1:1 6:1 5:1 7:1", "0, line 2, sample 1: columns must ascend, got 5 after 6")]
    [TestCase("1 1:1\n2 1:1 2 7:1", "0, line 2, sample 1: expected a column and a value such as 3:0.5, got \"2\"")]
    public void Insides_of_lines_are_checked_when_they_are_read(string text, string message)
    {
        using var folder = new TemporaryFolder();
        using FileDataset data = SvmLightFile.OpenClasses(Write(folder, text));
        Assert.That(() => data.CopyFeatures(1, new float[data.SampleShape.ElementCount]), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(message));
        Assert.That(() => data.CopyFeatures(0, new float[data.SampleShape.ElementCount]), Throws.Nothing);
    }

    [Test]
    public void Options_refuse_what_does_not_fit_them()
    {
        using var folder = new TemporaryFolder();
        string[] paths = Write(folder, "1 1:1\n2 5:1");
        using (FileDataset data = SvmLightFile.OpenClasses(paths, new() { ColumnCount = 9, IsZeroBased = true }, [2, 1]))
            Assert.That((data.SparseColumnCount, data.GetLabel(0), data.ClassCount), Is.EqualTo((9, 1, 2)));
        Assert.That(() => SvmLightFile.OpenClasses(paths, new() { ColumnCount = 4 }), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("0, line 2: column 5 exceeds the 4 columns, which are counted from 1"));
        Assert.That(() => SvmLightFile.OpenClasses(paths, new() { IsMultiLabel = true }), Throws.ArgumentException.With.Message.Contains("ReadBlocks"));
        Assert.That(() => SvmLightFile.OpenClasses(paths, null, [1]), Throws.ArgumentException.With.Message.Contains("sample 1 has the label 2, but the classes are 1"));
        Assert.That(() => SvmLightFile.OpenClasses([]), Throws.ArgumentException);
        Assert.That(() => SvmLightFile.OpenTargets(Write(folder, "# nothing")), Throws.ArgumentException.With.Message.Contains("no samples"));
        File.WriteAllBytes(paths[0], [0x1F, 0x8B, 8]);
        Assert.That(() => SvmLightFile.OpenTargets(paths), Throws.TypeOf<InvalidDataException>().With.Message.Contains("gzip"));
    }

    [Test]
    public void The_fingerprint_goes_by_the_files_and_the_classes()
    {
        using var folder = new TemporaryFolder();
        string[] paths = Write(folder, "1 1:1\n2 5:1");
        using FileDataset first = SvmLightFile.OpenClasses(paths), same = SvmLightFile.OpenClasses(paths), turned = SvmLightFile.OpenClasses(paths, null, [2, 1]);
        using FileDataset targets = SvmLightFile.OpenTargets(paths), wide = SvmLightFile.OpenClasses(paths, new() { ColumnCount = 9 });
        string[] prints = [first.GetFingerprint(), turned.GetFingerprint(), targets.GetFingerprint(), wide.GetFingerprint()];
        Assert.That(prints, Is.Unique);
        Assert.That(same.GetFingerprint(), Is.EqualTo(prints[0]));
    }

    private static string Gathered(Dataset data, int[] rows, bool isSparse)
    {
        int columns = data.SampleShape.ElementCount;
        var offsets = new int[rows.Length + 1];
        for (int row = 0; row < rows.Length; row++)
            offsets[row + 1] = offsets[row] + data.GetSparseLength(rows[row]);
        float[] features = isSparse ? [] : TestValues.Poison(rows.Length * columns), values = new float[offsets[^1]], targets = new float[data.TargetLength * rows.Length];
        int[] places = new int[offsets[^1]], labels = new int[data.ClassCount > 0 ? rows.Length : 0];
        data.Gather(rows, new BatchDestination(new MatrixView(features, rows.Length, isSparse ? 0 : columns))
        {
            Labels = labels,
            Targets = data.TargetLength > 0 ? new MatrixView(targets, rows.Length, data.TargetLength) : default,
            SparseOffsets = isSparse ? offsets : [],
            SparseColumns = places,
            SparseValues = values,
        });
        return string.Join(' ', [string.Join(',', offsets), string.Join(',', places), string.Join(',', values), string.Join(',', features), string.Join(',', labels), string.Join(',', targets)]);
    }

    private static string[] Write(TemporaryFolder folder, params string[] texts)
    {
        string[] paths = [.. texts.Select((_, i) => folder.File($"{i}"))];
        for (int i = 0; i < texts.Length; i++)
            File.WriteAllText(paths[i], texts[i]);
        return paths;
    }

    private static SvmLightData Read(string text) => SvmLightFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "text");
}
