using System.Text;
using NeuralNetFromScratch.Fuzzing;
using NeuralNetFromScratch.Tables;

namespace NeuralNetFromScratch.Tests.Data;

/// <summary>Damaged files give the samples that they give when they are read into memory, or are refused with an exception that callers expect.</summary>
public class MutatedFileTests
{
    private const int Mutations = 1500, MostFeatures = 1 << 16;

    [Test]
    public void Svmlight_files()
    {
        byte[] text = Encoding.UTF8.GetBytes("# made\n1 qid:1 1:0.5 7:2\r\n-1 qid:1 \t2:1e-3 # 9:9\n\n3 qid:2 3:3 4:-4 8:1.25\n");
        ForEach(text, ["\n", "\r", "#", ":", "qid:1", " ", "\t", "1:1", "0:1", "99:1", "-", "\uFEFF", "nan"], (path, bytes) =>
        {
            SvmLightData memory = SvmLightFile.Read(new MemoryStream(bytes), "memory");
            if (memory.Count == 0)
                throw new InvalidDataException("no sample");
            return () => Texts(memory.ToTargets());
        }, path =>
        {
            using FileDataset data = SvmLightFile.OpenTargets([path]);
            return Texts(data);
        });
    }

    [Test]
    public void Csv_files()
    {
        byte[] text = Encoding.UTF8.GetBytes("age,city,day\r\n31,\"Be\r\nrn\",2020-01-31\n\n?,Basel,\n4.5,\"a \"\"b\"\"\",2021-02-03\n7,Genf,2021-02-04");
        ForEach(text, ["\n", "\r", "\r\n", "\"", ",", ";", "\"\"", " ", "\t", "é", "sep=;\n", "\uFEFF", "1"], (path, bytes) =>
        {
            TabularData memory = CsvFile.Read(path);
            return () => Texts(memory);
        }, path =>
        {
            using CsvTable table = CsvFile.Open([path]);
            return Texts(table.Read([.. Enumerable.Range(0, table.RowCount)]));
        });
    }

    [Test]
    public void Idx_files()
    {
        byte[] bytes = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        using var folder = new TemporaryFolder();
        string labels = folder.File("labels");
        IdxFile.Write(labels, [2], [0, 1]);
        ForEach(bytes, ["\0", "\u0008"], (path, contents) =>
        {
            IdxData memory = IdxFile.Read(path);
            if (memory.Shape.Rank < 2 || memory.Shape[0] != 2 || memory.Shape.ElementCount == 0)
                throw new InvalidDataException("no two samples");
            int[] shape = [.. Enumerable.Range(1, memory.Shape.Rank - 1).Select(axis => memory.Shape[axis])];
            return () => Texts(Dataset.FromBytes(memory.Values, Shape.Create(shape), [0, 1], 2));
        }, path =>
        {
            using FileDataset data = IdxFile.OpenDataset([(path, labels)], 2);
            return Texts(data);
        });
    }

    /// <summary>Reads mutations of a file in both ways.</summary>
    /// <param name="file">The contents.</param>
    /// <param name="words">What is inserted.</param>
    /// <param name="read">Reads the file into memory; what it returns describes the samples.</param>
    /// <param name="open">Opens the file and describes the samples.</param>
    private static void ForEach(byte[] file, string[] words, Func<string, byte[], Func<string>> read, Func<string, string> open)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("file");
        byte[][] inserted = [.. words.Select(Encoding.UTF8.GetBytes)];
        int equal = 0;
        for (ulong number = 0; number < Mutations; number++)
        {
            byte[] bytes = number == 0 ? file : new Mutator(11, number).Mutate(file, inserted);
            File.WriteAllBytes(path, bytes);
            string? expected = null, actual = null;
            try
            {
                expected = read(path, bytes)();
            }
            catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
            {
            }

            try
            {
                actual = open(path);
            }
            catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
            {
            }

            if (expected is not null)
                Assert.That(actual, Is.EqualTo(expected), $"mutation {number}: {Encoding.Latin1.GetString(bytes)}");
            equal += expected is null ? 0 : 1;
        }

        Assert.That(equal, Is.GreaterThan(Mutations / 20).And.LessThan(Mutations));
    }

    private static string Texts(Dataset data)
    {
        // A damaged column can make a sample of two billion.
        if (data.SampleShape.ElementCount > MostFeatures)
            return $"{data.SampleShape} {data.Count}";
        var features = new float[data.SampleShape.ElementCount];
        var target = new float[data.TargetLength];
        var text = new StringBuilder($"{data.SampleShape}");
        for (int index = 0; index < data.Count; index++)
        {
            data.CopyFeatures(index, features);
            if (target.Length > 0)
                data.CopyTarget(index, target);
            text.Append($"\n{string.Join(' ', features)} {string.Join(' ', target)} {data.GetSparseLength(index)}");
        }

        return text.ToString();
    }

    private static string Texts(TabularData data) => string.Join(
        '\n', data.Columns.Select(column => $"{column.Name} {column.Type} {string.Join(' ', Enumerable.Range(0, column.Count).Select(row => column.GetText(row) ?? "?"))}"));
}
