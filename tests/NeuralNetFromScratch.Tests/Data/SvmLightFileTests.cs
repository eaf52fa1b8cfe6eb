using System.IO.Compression;
using System.Text;
using System.Text.Json;
using NeuralNetFromScratch.Fuzzing;
using NeuralNetFromScratch.Tests.Golden;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Data;

/// <summary>Files in svmlight's format, as scikit-learn reads them; Golden/make_svmlight.py made the texts and the values.</summary>
public class SvmLightFileTests
{
    private static IEnumerable<TestCaseData<JsonElement>> Cases() =>
        GoldenFile.Read("svmlight.json").EnumerateArray().Select(one => new TestCaseData<JsonElement>(one).SetArgDisplayNames(one.GetProperty("name").GetString()!));

    [TestCaseSource(nameof(Cases))]
    public void Texts_are_read_as_by_scikit_learn(JsonElement expected)
    {
        JsonElement given = expected.GetProperty("options");
        var options = new SvmLightOptions
        {
            ColumnCount = given.TryGetProperty("n_features", out JsonElement columns) ? columns.GetInt32() : null,
            IsZeroBased = given.TryGetProperty("zero_based", out JsonElement isZeroBased) ? isZeroBased.GetBoolean() : null,
            IsMultiLabel = given.TryGetProperty("multilabel", out _),
        };
        string text = expected.GetProperty("text").GetString()!;
        if (expected.TryGetProperty("error", out _))
        {
            Assert.That(() => Read(text, options), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("text, line 2: "));
            return;
        }

        SvmLightData data = Read(text, options);
        Assert.That(data.Features.Columns, Is.EqualTo(expected.GetProperty("width").GetInt32()));
        int[] offsets = expected.GetProperty("offsets").Integers();
        Assert.That(data.Count, Is.EqualTo(offsets.Length - 1));
        for (int row = 0; row < data.Count; row++)
        {
            Range range = offsets[row]..offsets[row + 1];
            Assert.That(data.Features.GetColumns(row).ToArray(), Is.EqualTo(expected.GetProperty("columns").Integers()[range]));
            Assert.That(data.Features.GetValues(row).ToArray(), Is.EqualTo(expected.Floats("values")[range]));
            JsonElement label = expected.GetProperty("labels")[row];
            double[] labels = options.IsMultiLabel ? [.. label.EnumerateArray().Select(one => one.GetDouble())] : [label.GetDouble()];
            Assert.That(data.GetLabels(row).ToArray(), Is.EquivalentTo(labels));
        }

        long[] queries = expected.TryGetProperty("queries", out JsonElement ids) ? [.. ids.EnumerateArray().Select(id => id.GetInt64())] : [];
        Assert.That(data.QueryIds.ToArray(), Is.EqualTo(queries));
    }

    [TestCase("1 1:2\nx 1:2", "text, line 2: \"x\" is not a label; expected a finite number")]
    [TestCase("1 1:nan", "text, line 1: the value of column 1 must be a finite number, got \"nan\"")]
    [TestCase("1 1:1e40", "text, line 1: the value of column 1 must be a finite number, got \"1e40\"")]
    [TestCase("inf 1:1", "text, line 1: \"inf\" is not a label; expected a finite number")]
    [TestCase("1 -1:1", "text, line 1: columns are counted from 0, got -1")]
    [TestCase("1 2147483648:1", "text, line 1: expected a column and a value such as 3:0.5, got \"2147483648:1\"")]
    [TestCase("1 2147483647:1", "text, line 1: expected a column and a value such as 3:0.5, got \"2147483647:1\"")]
    [TestCase("1 1:", "text, line 1: the value of column 1 must be a finite number, got \"\"")]
    [TestCase("1 5:1 4:1", "text, line 1: columns must ascend, got 4 after 5")]
    [TestCase("1 qid:1 1:1\n1 1:1", "text, line 2: has no query, but the samples before it have one")]
    [TestCase("1 1:1\n1 qid:1 1:1", "text, line 2: has a query, but the samples before it have none")]
    [TestCase("1 qid:x 1:1", "text, line 1: \"x\" is not the number of a query")]
    [TestCase("1 \u001b[31m:1", "text, line 1: expected a column and a value such as 3:0.5, got \"\\u001b[31m:1\"")]
    public void Malformed_texts_are_refused_by_line(string text, string message)
    {
        Assert.That(() => Read(text, new()), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(message));
    }

    [Test]
    public void Options_refuse_what_does_not_fit_them()
    {
        Assert.That(() => Read("1 0:1", new() { IsZeroBased = false }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("columns are counted from 1, got 0"));
        Assert.That(() => Read("1 1:1\n1 5:1\n1 2:1", new() { ColumnCount = 4 }), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("text, line 2: column 5 exceeds the 4 columns, which are counted from 1"));
        Assert.That(() => Read("1 1:1 2:1\n1 3:1", new() { MaxElementCount = 2 }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("line 2: there are more than 2 values"));
        Assert.That(() => Read("1.5 1:1", new() { IsMultiLabel = true }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("\"1.5\" is not an integer"));
        Assert.That(() => new SvmLightOptions { ColumnCount = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new SvmLightOptions { MaxElementCount = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => SvmLightFile.ReadBlocks("any", 10, new() { ColumnCount = 3 }), Throws.ArgumentException.With.Message.Contains("IsZeroBased"));
    }

    [Test]
    public void Labels_become_classes_targets_or_sets()
    {
        SvmLightData data = Read("1 1:1\n-1 2:1\n1 3:1\n", new());
        Assert.That(data.DistinctLabels, Is.EqualTo([-1, 1]));
        Dataset classes = data.ToClasses();
        Assert.That((classes.ClassCount, classes.GetLabel(0), classes.GetLabel(1), classes.SparseColumnCount), Is.EqualTo((2, 1, 0, 3)));
        Assert.That(data.ToClasses([1, -1]).GetLabel(0), Is.Zero);
        Assert.That(() => data.ToClasses([1, 2]), Throws.ArgumentException.With.Message.Contains("sample 1 has the label -1, but the classes are 1, 2"));
        Assert.That(() => data.ToClasses([1, 1]), Throws.ArgumentException.With.Message.Contains("the label 1 occurs twice"));
        float[] target = new float[1];
        data.ToTargets().CopyTarget(1, target);
        Assert.That(target, Is.EqualTo([-1]));

        SvmLightData sets = Read("0,2 1:1\n 2:1\n1 3:1\n", new() { IsMultiLabel = true });
        Dataset labels = sets.ToMultiLabel(3);
        Assert.That(Enumerable.Range(0, 3).Select(i => Target(labels, i)), Is.EqualTo((float[][])[[1, 0, 1], [0, 0, 0], [0, 1, 0]]));
        Assert.That(() => sets.ToMultiLabel(2), Throws.ArgumentException.With.Message.Contains("sample 0 has the label 2; labels must be 0 to 1"));
        Assert.That(() => sets.ToClasses(), Throws.ArgumentException.With.Message.Contains("ToMultiLabel"));
        Assert.That(() => sets.GetLabels(3), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Written_contents_are_read_back([Values("sparse", "mixed", "dense", "targets", "sets")] string kind, [Values(null, true, false)] bool? isZeroBased, [Values(".txt", ".gz")] string ending)
    {
        using var folder = new TemporaryFolder();
        var samples = new SparseSamples(count: 300, columns: 41, denseColumns: 3, classCount: 4, seed: 1);
        Dataset dataset = kind switch
        {
            "sparse" => samples.Sparse,
            "mixed" => samples.Mixed,
            "dense" => samples.Dense,
            "targets" => Dataset.FromTargets(samples.Features, [41], samples.Targets[..300], 1),
            _ => Dataset.FromTargets(samples.Features, [41], [.. samples.Targets.Select(target => target > 0 ? 1f : 0)], 4),
        };
        var options = new SvmLightOptions
        {
            IsZeroBased = isZeroBased, IsMultiLabel = kind == "sets", ColumnCount = 41, Comment = "first\r\nsecond", QueryIds = [.. Enumerable.Range(0, 300).Select(i => (long)i / 7)],
            Classes = kind == "sparse" ? [-3, 0.5, 8, 1e9] : [],
        };
        string path = folder.File("data" + ending);
        SvmLightFile.Write(path, dataset, options);
        SvmLightData data = SvmLightFile.Read(path, options);
        Dataset read = kind switch { "targets" => data.ToTargets(), "sets" => data.ToMultiLabel(4), _ => data.ToClasses() };

        Assert.That(data.QueryIds.ToArray(), Is.EqualTo(options.QueryIds));
        float[] expected = new float[41], actual = new float[41];
        for (int i = 0; i < 300; i++)
        {
            dataset.CopyFeatures(i, expected);
            read.CopyFeatures(i, actual);
            Assert.That(actual, Is.EqualTo(expected), $"sample {i}");
            if (dataset.TargetLength > 0)
                Assert.That(Target(read, i), Is.EqualTo(Target(dataset, i)));
            else
                Assert.That(read.GetLabel(i), Is.EqualTo(dataset.GetLabel(i)));
        }
    }

    [Test]
    public void Blocks_are_the_samples_of_the_file([Values(1, 7, 300, 1000)] int rows)
    {
        using var folder = new TemporaryFolder();
        var samples = new SparseSamples(count: 300, columns: 41, denseColumns: 3, classCount: 4, seed: 1);
        string path = folder.File("data");
        SvmLightFile.Write(path, samples.Sparse);
        SvmLightData[] blocks = [.. SvmLightFile.ReadBlocks(path, rows, new() { ColumnCount = 41, IsZeroBased = false })];
        Assert.That(blocks.Select(block => block.Count), Is.EqualTo(Enumerable.Range(0, (299 + rows) / rows).Select(i => Math.Min(rows, 300 - i * rows))));
        Assert.That(blocks.SelectMany(block => block.Labels.ToArray()), Is.EqualTo(samples.Labels));
        Assert.That(blocks.SelectMany(block => Enumerable.Range(0, block.Count).SelectMany(row => block.Features.GetValues(row).ToArray())), Is.EqualTo(samples.Parts(0).Values));
    }

    [Test]
    public void Lines_longer_than_the_buffer_are_read_from_a_stream_in_small_pieces()
    {
        var text = new StringBuilder("\ufeff");
        for (int row = 0; row < 3; row++)
            text.Append(row).AppendJoin("", Enumerable.Range(1, 40_000).Select(column => $" {column}:{row + 1}")).Append("\r\n");
        using var stream = new TrickleStream(new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())));
        SvmLightData data = SvmLightFile.Read(stream, "text");
        Assert.That((data.Count, data.ColumnCount), Is.EqualTo((3, 40_000)));
        Assert.That(data.Labels.ToArray(), Is.EqualTo([0, 1, 2]));
        Assert.That(data.Features.GetValues(2).ToArray(), Is.All.EqualTo(3));
    }

    [Test]
    public void Damaged_and_foreign_compression_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("data.gz");
        using (var compressed = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            compressed.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"1 {1 + i * 7919 % 1000}:{i}\n"))));
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x55;
        File.WriteAllBytes(path, bytes);
        Assert.That(() => SvmLightFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("data.gz"));
        File.WriteAllText(path, "BZh91AY");
        Assert.That(() => SvmLightFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("bzip2"));
    }

    [Test]
    public void Data_sets_that_the_format_has_no_room_for_are_refused()
    {
        using var stream = new MemoryStream();
        Assert.That(() => SvmLightFile.Write(stream, Dataset.FromTargets([1, 2], [1], [1, 2, 3, 4], 2)), Throws.ArgumentException.With.Message.Contains("IsMultiLabel"));
        Assert.That(() => SvmLightFile.Write(stream, Dataset.FromArrays([1, float.NaN], [2], [0], 1)), Throws.ArgumentException.With.Message.Contains("sample 0: feature 1 is NaN"));
        Assert.That(() => SvmLightFile.Write(stream, Dataset.FromArrays([1, 2], [1], [0, 1], 2), new() { Classes = [1] }), Throws.ArgumentException.With.Message.Contains("labels of 2 classes, got 1"));
        Assert.That(() => SvmLightFile.Write(stream, Dataset.FromArrays([1, 2], [1], [0, 1], 2), new() { QueryIds = [1] }), Throws.ArgumentException.With.Message.Contains("queries of 2 samples, got 1"));
    }

    private static SvmLightData Read(string text, SvmLightOptions options) => SvmLightFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "text", options);

    private static float[] Target(Dataset data, int index)
    {
        float[] target = new float[data.TargetLength];
        data.CopyTarget(index, target);
        return target;
    }
}
