using System.Globalization;
using System.Text;
using NeuralNetFromScratch.Tables;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Tables;

public class CsvTableTests
{
    private static readonly string[] Texts =
    [
        "\uFEFFage,city,member,joined,class\r\n31,Bern,yes,2020-01-31,a\r\n\r\n?,\"Ba\r\nsel, \"\"x\"\"\",no,2021-02-03,b\n  \n40.5,Bern,no,,a",
        "age,city,member,joined,class\n",
        "age,city,member,joined,class\n7,Genf,no,2020-01-31,b\n8,Bern,yes,2022-01-31,a\n\n9,,yes,2020-01-31,b\n",
    ];

    [Test]
    public void Rows_of_several_files_are_read_as_those_in_memory()
    {
        using var folder = new TemporaryFolder();
        using CsvTable table = CsvFile.Open(Write(folder, Texts));
        TabularData memory = Memory();
        Assert.That((table.RowCount, table.ColumnNames), Is.EqualTo((6, (IReadOnlyList<string>)["age", "city", "member", "joined", "class"])));
        int[] rows = [5, 0, 1, 2, 3, 4, 1];
        TabularData read = table.Read(rows);
        foreach (TabularColumn column in memory.Columns)
        {
            Assert.That(read[column.Name].Type, Is.EqualTo(column.Type));
            Assert.That(rows.Select((_, i) => read[column.Name].GetText(i)), Is.EqualTo(rows.Select(column.GetText)), column.Name);
        }

        Assert.That(table.Sample(100).RowCount, Is.EqualTo(6));
        TabularData some = table.Sample(3, seed: 4);
        Assert.That(Enumerable.Range(0, 3).Select(some["age"].GetText), Is.SubsetOf(Enumerable.Range(0, 6).Select(memory["age"].GetText)));
        Assert.That(() => table.Read(6), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => table.Read(), Throws.ArgumentException);
    }

    [Test]
    public void Classes_and_targets_have_the_features_of_a_plan_on_memory([Values] bool isSparse)
    {
        using var folder = new TemporaryFolder();
        using CsvTable table = CsvFile.Open(Write(folder, Texts));
        TabularData memory = Memory();
        TabularPlan plan = TabularPlan.Infer(memory, except: ["class"], new() { MinCategoryCount = 1 });
        using FileDataset data = table.ToClasses(plan, "class", ["b", "a"]);
        Dataset expected = plan.ToDataset(memory, [1, 0, 1, 0, 1, 0], 2);
        Assert.That((data.Count, data.SampleShape, data.SparseColumnCount, data.ClassCount), Is.EqualTo((6, expected.SampleShape, expected.SparseColumnCount, 2)));
        int[] rows = [3, 4, 5, 0, 1, 2];
        Assert.That(Gathered(data, rows, isSparse), Is.EqualTo(Gathered(expected, rows, isSparse)));

        using FileDataset targets = table.ToTargets(plan.Ignore("age"), "member");
        var target = new float[1];
        Assert.That(targets.TargetLength, Is.EqualTo(1));
        targets.CopyTarget(4, target);
        Assert.That(target[0], Is.EqualTo(1));
    }

    [Test]
    public void A_training_on_files_has_the_bits_of_one_on_memory()
    {
        using var folder = new TemporaryFolder();
        var random = new RandomSource(3);
        string[] lines = [.. Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"{random.Normal((ulong)i):F3},{"abc"[i * 7 % 3]},{(i * 5 % 11 < 5 ? "yes" : "no")}"))];
        string[] paths = Write(folder, Join(lines[..120]), Join(lines[120..]));
        TabularData memory = CsvFile.Parse(Join(lines));
        TabularPlan plan = TabularPlan.Infer(memory, except: ["y"]);
        using CsvTable table = CsvFile.Open(paths);
        using FileDataset data = table.ToClasses(plan, "y", ["yes", "no"]);
        Dataset expected = plan.ToDataset(memory, [.. Enumerable.Range(0, 200).Select(i => memory["y"].GetText(i) == "yes" ? 0 : 1)], 2);
        Assert.That(Trained(data), Is.EqualTo(Trained(expected)));

        static string Join(string[] rows) => $"x,k,y\n{string.Join('\n', rows)}\n";

        float[] Trained(Dataset training)
        {
            var network = new Sequential([training.SampleShape.ElementCount], 1, new Dense(5, Activation.Relu), new Dense(2));
            new Trainer(network, new SoftmaxCrossEntropy(), new Adam()).Fit(training, new FitOptions { Epochs = 2, BatchSize = 30, ShuffleBlock = 20 });
            return [.. network.Parameters.Values];
        }
    }

    [Test]
    public void Errors_name_file_and_line()
    {
        using var folder = new TemporaryFolder();
        string[] paths = Write(folder, "a,b\n1,x\n", "a,b\n\"2\",\"y\ny\"\n3\n4,z\n");
        Assert.That(() => CsvFile.Open(paths), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("1, line 4: expected 2 cells, as in the first line, got 1"));
        File.WriteAllText(paths[1], "a,b\n2,y\nthree,z\n");
        using (CsvTable typed = CsvFile.Open(paths, new() { Types = new Dictionary<string, ColumnType> { ["a"] = ColumnType.Number } }))
            Assert.That(() => typed.Read(0, 1, 2), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("1, line 3, column \"a\": \"three\" is not a number"));
        File.WriteAllText(paths[1], "a,b\n2,\"y\n");
        Assert.That(() => CsvFile.Open(paths), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("1, line 2: the quotation marks"));
        File.WriteAllText(paths[1], "a,c\n2,y\n");
        Assert.That(() => CsvFile.Open(paths), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("1 has the columns"));
        File.WriteAllBytes(paths[1], Encoding.Latin1.GetBytes("a,b\n2,é\n"));
        Assert.That(() => CsvFile.Open(paths), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("1, line 2: the bytes are not utf-8"));
        using (CsvTable latin = CsvFile.Open([paths[1]], new() { Encoding = Encoding.Latin1 }))
            Assert.That(latin.Read(0)["b"].GetText(0), Is.EqualTo("é"));
        File.WriteAllText(paths[1], "a,b\n", Encoding.Unicode);
        Assert.That(() => CsvFile.Open([paths[1]]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("UTF-16"));
        File.WriteAllText(paths[1], "a,b\n");
        Assert.That(() => CsvFile.Open([paths[1]]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("no rows"));
        Assert.That(() => CsvFile.Open([]), Throws.ArgumentException);
        Assert.That(() => CsvFile.Open(paths, new() { Encoding = Encoding.Unicode }), Throws.ArgumentException.With.Message.Contains("utf-16"));
    }

    [Test]
    public void Labels_must_be_there_and_known()
    {
        using var folder = new TemporaryFolder();
        using CsvTable table = CsvFile.Open(Write(folder, "x,y\n1,a\n2,b\n3,\n"));
        TabularPlan plan = TabularPlan.Infer(table.Sample(3), except: ["y"]);
        Assert.That(() => table.ToClasses(plan, "y", ["a"]), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("0, line 3, column \"y\": \"b\" is not among the classes"));
        Assert.That(() => table.ToClasses(plan, "y", ["a", "b"]), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("0, line 4, column \"y\": the label is missing"));
        Assert.That(() => table.ToClasses(plan, "y", ["a", "a"]), Throws.ArgumentException.With.Message.Contains("occurs twice"));
        Assert.That(() => table.ToClasses(plan, "z", ["a"]), Throws.ArgumentException.With.Message.Contains("no column \"z\""));
        Assert.That(() => table.ToTargets(plan, "y"), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("0, line 2, column \"y\": the target must be a number"));
        Assert.That(() => table.ToTargets(plan), Throws.ArgumentException);
        using FileDataset once = table.ToTargets(plan, "x"), again = table.ToTargets(plan, "x"), scaled = table.ToTargets(plan.Ignore("x"), "x");
        Assert.That(once.GetFingerprint(), Is.EqualTo(again.GetFingerprint()).And.Not.EqualTo(scaled.GetFingerprint()));
    }

    private static TabularData Memory() => CsvFile.Parse(string.Concat(Texts[0].TrimStart('\uFEFF'), "\n", string.Join('\n', Texts[2].Split('\n').Skip(1))));

    private static string Gathered(Dataset data, int[] rows, bool isSparse)
    {
        int columns = data.SampleShape.ElementCount, sparse = data.SparseColumnCount;
        var offsets = new int[rows.Length + 1];
        for (int row = 0; row < rows.Length; row++)
            offsets[row + 1] = offsets[row] + data.GetSparseLength(rows[row]);
        float[] features = new float[rows.Length * (isSparse ? columns - sparse : columns)], values = new float[offsets[^1]];
        int[] places = new int[offsets[^1]], labels = new int[rows.Length];
        Array.Fill(features, float.NaN);
        data.Gather(rows, new BatchDestination(new MatrixView(features, rows.Length, features.Length / rows.Length))
        {
            Labels = labels,
            SparseOffsets = isSparse ? offsets : [],
            SparseColumns = places,
            SparseValues = values,
        });
        return string.Join(' ', [string.Join(',', offsets), string.Join(',', places), string.Join(',', values), string.Join(',', features), string.Join(',', labels)]);
    }

    private static string[] Write(TemporaryFolder folder, params string[] texts)
    {
        string[] paths = [.. texts.Select((_, i) => folder.File($"{i}"))];
        for (int i = 0; i < texts.Length; i++)
            File.WriteAllText(paths[i], texts[i]);
        return paths;
    }
}
