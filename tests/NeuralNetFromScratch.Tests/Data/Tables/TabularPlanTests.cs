using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Data.Tables;

public class TabularPlanTests
{
    private const int Rows = 200;

    /// <summary>A column of each kind.</summary>
    private static TabularData Sample()
    {
        double[] normal = [.. Enumerable.Range(0, Rows).Select(i => new RandomSource(1).Normal((ulong)i))];
        return new(
            TabularColumn.Numbers("row", [.. Enumerable.Range(0, Rows).Select(i => i + 1000.0)]),
            TabularColumn.Texts("code", [.. Enumerable.Range(0, Rows).Select(i => $"x{i * 7}")]),
            TabularColumn.Numbers("size", [.. normal.Select((value, i) => i == 5 ? double.NaN : 3 + 2 * value)]),
            TabularColumn.Numbers("income", [.. normal.Select((value, i) => Math.Exp(4 * normal[(i + 1) % Rows]))]),
            TabularColumn.Texts("city", [.. Enumerable.Range(0, Rows).Select(i => i == 0 ? "Chur" : i == 1 ? null : i % 3 == 0 ? "Bern" : "Basel")]),
            TabularColumn.Booleans("member", [.. Enumerable.Range(0, Rows).Select(i => (bool?)(i % 2 == 0))]),
            TabularColumn.Dates("joined", [.. Enumerable.Range(0, Rows).Select(i => (DateTime?)new DateTime(2020, 1, 1).AddHours(i * 7))]),
            TabularColumn.Texts("constant", [.. Enumerable.Repeat("same", Rows)]),
            TabularColumn.Texts("empty", new string?[Rows]));
    }

    [Test]
    public void It_finds_how_each_column_is_encoded()
    {
        TabularPlan plan = TabularPlan.Infer(Sample());
        Assert.That(plan.Columns.Select(column => (column.Name, column.Encoding)), Is.EqualTo((List<(string, ColumnEncoding)>)
        [
            ("row", ColumnEncoding.Ignored), ("code", ColumnEncoding.Ignored), ("size", ColumnEncoding.Standardized), ("income", ColumnEncoding.Quantiles),
            ("city", ColumnEncoding.Categories), ("member", ColumnEncoding.Boolean), ("joined", ColumnEncoding.DateParts), ("constant", ColumnEncoding.Ignored), ("empty", ColumnEncoding.Ignored),
        ]));
        Assert.That(plan.Columns.Select(column => column.Reason), Is.EqualTo((string?[])["numbers of the rows", "a different value in each row", null, null, null, null, null, "the same value in each row", "no values"]));
        Assert.That(plan.DenseFeatureCount, Is.EqualTo(2 + 1 + 1 + 7));
        Assert.That(plan.SparseFeatureCount, Is.EqualTo(4), "Basel, Bern, rare ones, holes");
        Assert.That(plan.Columns[4].Categories, Is.EqualTo((string[])["Basel", "Bern"]));
        Assert.That(plan.ToString(), Does.Contain("city      categories    4         Basel, Bern; rare values; missing values").And.Contain("size      standardized  2         mean").And.Contain("row       ignored       0         numbers of the rows"));
    }

    [Test]
    public void Numbers_have_mean_0_and_deviation_1_and_holes_the_median_and_a_flag()
    {
        TabularData data = new(TabularColumn.Numbers("a", [1, 2, double.NaN, 4, 9]));
        float[] features = Features(TabularPlan.Infer(data), data);
        double mean = 4, deviation = Math.Sqrt((9 + 4 + 0 + 25) / 4.0);
        float[] expected = [.. new[] { 1.0, 2, 3, 4, 9 }.SelectMany((value, row) => new[] { (float)((value - mean) / deviation), row == 2 ? 1f : 0 })];
        Assert.That(features, Is.EqualTo(expected));
    }

    [Test]
    public void Large_numbers_are_standardized_before_they_lose_digits()
    {
        TabularData data = new(TabularColumn.Numbers("time", [1.7e18, 1.7e18 + 1024, 1.7e18 + 4096]));
        float[] features = Features(TabularPlan.Infer(data), data);
        Assert.That(features[1] - features[0], Is.EqualTo((features[2] - features[0]) / 4).Within(1e-6));
    }

    [Test]
    public void Quantiles_keep_the_order_and_bring_outliers_near()
    {
        double[] values = [.. Enumerable.Range(0, 1000).Select(i => Math.Exp(5 * new RandomSource(3).Normal((ulong)i)))];
        TabularData data = new(TabularColumn.Numbers("a", values));
        TabularPlan plan = TabularPlan.Infer(data);
        Assert.That(plan.Columns[0].Encoding, Is.EqualTo(ColumnEncoding.Quantiles));
        float[] features = Features(plan, data);
        Assert.That(features.Max(), Is.LessThan(4));
        Assert.That(features.Zip(values).OrderBy(pair => pair.Second).Select(pair => pair.First), Is.Ordered);
        Assert.That(features.Average(), Is.EqualTo(0).Within(0.02));
        Assert.That(features.Average(value => value * value), Is.EqualTo(1).Within(0.05));
        TabularData outside = new(TabularColumn.Numbers("a", [-1e300, 1e300, double.NaN]));
        Assert.That(Features(plan, outside), Is.EqualTo((float[])[features.Min(), features.Max(), Features(plan, new(TabularColumn.Numbers("a", [Median(values)])))[0]]));
    }

    [Test]
    public void Categories_that_were_never_seen_count_as_rare_where_there_were_rare_ones()
    {
        TabularPlan plan = TabularPlan.Infer(Sample());
        TabularPlan city = plan.Ignore("size", "income", "member", "joined");
        TabularData cities = new(TabularColumn.Texts("city", ["Basel", "Bern", "Chur", "Genf", null]));
        Assert.That(Features(city, cities), Is.EqualTo((float[])[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1]));
        TabularData two = new(TabularColumn.Texts("city", ["a", "b", "a", "b"]));
        Assert.That(Features(TabularPlan.Infer(two), new(TabularColumn.Texts("city", ["a", "c", null]))), Is.EqualTo((float[])[1, 0, 0, 0, 0, 0]), "no rare ones: none of the features");
    }

    [Test]
    public void Dates_become_parts_and_holes_the_median_day()
    {
        TabularData data = new(TabularColumn.Dates("d", [new(2024, 1, 1), new(2024, 1, 3), null, new(2024, 1, 8)]));
        float[] features = Features(TabularPlan.Infer(data), data);
        Assert.That(features, Has.Length.EqualTo(4 * 6), "day, season, weekday, flag");
        Assert.That(features[3..5], Is.EqualTo(features[21..23]), "both are Mondays");
        Assert.That(features[0], Is.EqualTo(-3 / Math.Sqrt((9 + 1 + 16) / 3.0)).Within(1e-6));
        Assert.That(features[17], Is.EqualTo(1));
        Assert.That(features[12..17], Is.EqualTo(features[6..11]), "the median is the third");
    }

    [Test]
    public void A_plan_is_changed_by_column()
    {
        TabularData data = Sample();
        TabularPlan plan = TabularPlan.Infer(data, except: ["city"], new() { Encodings = new Dictionary<string, ColumnEncoding> { ["size"] = ColumnEncoding.Quantiles } });
        Assert.That(plan.Columns.Any(column => column.Name == "city"), Is.False);
        Assert.That(plan.Columns.Single(column => column.Name == "size").Encoding, Is.EqualTo(ColumnEncoding.Quantiles));
        plan = plan.With("row", ColumnEncoding.Categories, data, new() { MinCategoryCount = 1, MaxCategories = 150 });
        Assert.That(plan.SparseFeatureCount, Is.EqualTo(151));
        Assert.That(plan.Ignore("row").SparseFeatureCount, Is.Zero);
        Assert.That(() => plan.Ignore("none"), Throws.ArgumentException.With.Message.Contains("the plan has no column \"none\""));
        Assert.That(() => plan.With("code", ColumnEncoding.Standardized, data), Throws.ArgumentException.With.Message.Contains("column \"code\", row 0: \"x0\" is not a number"));
        Assert.That(() => plan.With("empty", ColumnEncoding.Boolean, data), Throws.ArgumentException.With.Message.Contains("has no values"));
    }

    [Test]
    public void Cells_of_another_type_are_converted_where_they_can_be()
    {
        TabularData data = Sample();
        TabularPlan plan = TabularPlan.Infer(data).Ignore("joined", "income");
        TabularData texts = new([.. data.Columns.Select(column => TabularColumn.Texts(column.Name, [.. Enumerable.Range(0, Rows).Select(column.GetText)]))]);
        Assert.That(Features(plan, texts), Is.EqualTo(Features(plan, data)));
        TabularData wrong = new([.. texts.Columns.Select(column => column.Name == "member" ? TabularColumn.Texts("member", [.. Enumerable.Repeat("maybe", Rows)]) : column)]);
        Assert.That(() => Features(plan, wrong), Throws.ArgumentException.With.Message.Contains("column \"member\", row 0: \"maybe\" is not a boolean"));
        Assert.That(() => Features(plan, data.Without("city")), Throws.ArgumentException.With.Message.Contains("no column \"city\""));
        Assert.That(() => plan.Ignore("size", "city", "member").ToDataset(data, new int[Rows], 2), Throws.ArgumentException.With.Message.Contains("all columns of the table are ignored"));
    }

    [Test]
    public void A_written_plan_is_read_as_it_was()
    {
        TabularData data = Sample();
        TabularPlan plan = TabularPlan.Infer(data), read = TabularPlan.Read(plan.Write());
        Assert.That(read.ToString(), Is.EqualTo(plan.ToString()));
        Assert.That(TestValues.Bits(Features(read, data)), Is.EqualTo(TestValues.Bits(Features(plan, data))));
    }

    [TestCase("{", "is malformed")]
    [TestCase("[{}]", "is malformed")]
    [TestCase("""[{"name":"a","encoding":"sideways"}]""", "encoding \"sideways\" is unknown")]
    [TestCase("""[{"name":"a","encoding":"ignored"},{"name":"a","encoding":"ignored"}]""", "same name")]
    [TestCase("""[{"name":"a","encoding":"standardized","mean":0,"deviation":0,"fill":0,"missing":false}]""", "column \"a\": deviation must be finite and positive")]
    [TestCase("""[{"name":"a","encoding":"quantiles","mean":0,"deviation":1,"fill":0,"missing":false,"values":[1,1],"scores":[0,1]}]""", "value 1 is not greater")]
    [TestCase("""[{"name":"a","encoding":"quantiles","mean":0,"deviation":1,"fill":0,"missing":false,"values":[],"scores":[]}]""", "expected a score")]
    [TestCase("""[{"name":"a","encoding":"categories","rare":false,"missing":false,"categories":["x","x"]}]""", "occurs twice")]
    [TestCase("""[{"name":"a","encoding":"categories","rare":false,"missing":false,"categories":[]}]""", "no categories")]
    [TestCase("""[{"name":"a","encoding":"date parts","mean":0,"deviation":1,"fill":1e9,"timeOfDay":true,"missing":false}]""", "day to fill in")]
    public void A_malformed_plan_is_refused(string text, string message) =>
        Assert.That(() => TabularPlan.Read(text), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));

    private static double Median(double[] values) => values.Order().ElementAt(499) / 2 + values.Order().ElementAt(500) / 2;

    private static float[] Features(TabularPlan plan, TabularData data)
    {
        Dataset samples = plan.ToDataset(data, new int[data.RowCount], 1);
        var features = new float[data.RowCount * samples.SampleShape.ElementCount];
        for (int row = 0; row < data.RowCount; row++)
            samples.CopyFeatures(row, features.AsSpan(row * samples.SampleShape.ElementCount, samples.SampleShape.ElementCount));
        return features;
    }
}
