using System.Globalization;
using System.Text.Json;

namespace NeuralNetFromScratch.Tests.Data.Tables;

public class TabularDataTests
{
    private static TabularData Sample() => new(
        TabularColumn.Numbers("age", [31, double.NaN, 55.5]),
        TabularColumn.Texts("city", ["Bern", "Basel", null]),
        TabularColumn.Booleans("member", [true, null, false]),
        TabularColumn.Dates("joined", [new(2020, 1, 31), new(2021, 2, 3, 4, 5, 6), null]));

    [Test]
    public void Cells_are_read_as_texts_and_numbers_the_same_in_every_culture()
    {
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        TabularData data = Sample();
        Assert.That(data["age"].GetText(2), Is.EqualTo("55.5"));
        Assert.That(data["age"].GetText(1), Is.Null);
        Assert.That(data["city"].GetText(1), Is.EqualTo("Basel"));
        Assert.That(data["member"].GetNumber(0), Is.EqualTo(1));
        Assert.That(data["member"].GetText(2), Is.EqualTo("false"));
        Assert.That(data["joined"].GetText(0), Is.EqualTo("2020-01-31"));
        Assert.That(data["joined"].GetText(1), Is.EqualTo("2021-02-03T04:05:06"));
        Assert.That(data.Columns.Select(column => column.MissingCount), Is.All.EqualTo(1));
        Assert.That(data.Columns[0].ToString(), Is.EqualTo($"{data.Columns[0].Name}: {data.Columns[0].Type}, {data.RowCount} rows, 1 missing"));
        Assert.That(TabularColumn.Numbers("x", new double[1200]).ToString(), Is.EqualTo("x: Number, 1,200 rows"));
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
    }

    [Test]
    public void It_prints_its_columns() => Assert.That(Sample().ToString(), Is.EqualTo(
        "3 rows\ncolumn  type     missing  first values\nage     number   1        31, –, 55.5\ncity    text     1        Bern, Basel, –\nmember  boolean  1        true, –, false\njoined  date     1        2020-01-31, 2021-02-03T04:05:06, –\n"));

    [Test]
    public void Rows_and_columns_are_picked()
    {
        TabularData picked = Sample().Subset([2, 0, 0]).Without("member");
        Assert.That(picked.RowCount, Is.EqualTo(3));
        Assert.That(picked.Contains("member"), Is.False);
        Assert.That(Enumerable.Range(0, 3).Select(picked["city"].GetText), Is.EqualTo((string?[])[null, "Bern", "Bern"]));
        Assert.That(Sample().DropMissing("age", "city").RowCount, Is.EqualTo(1));
        Assert.That(() => Sample().Subset([3]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Sample()["Age"], Throws.ArgumentException.With.Message.Contains("no column \"Age\"; it has \"age\", \"city\""));
    }

    [Test]
    public void A_split_keeps_the_proportions_of_a_column()
    {
        TabularData data = new(TabularColumn.Texts("kind", [.. Enumerable.Range(0, 100).Select(i => i % 10 == 0 ? "rare" : "common")]), TabularColumn.Numbers("row", [.. Enumerable.Range(0, 100).Select(i => (double)i)]));
        (TabularData remaining, TabularData heldOut) = data.Split(0.2, stratifyBy: "kind", seed: 3);
        Assert.That(Enumerable.Range(0, 20).Count(row => heldOut["kind"].GetText(row) == "rare"), Is.EqualTo(2));
        Assert.That(Enumerable.Range(0, 80).Select(remaining["row"].GetNumber).Concat(Enumerable.Range(0, 20).Select(heldOut["row"].GetNumber)).Order(), Is.EqualTo(Enumerable.Range(0, 100).Select(i => (double)i)));
    }

    [Test]
    public void Objects_and_rows_with_names_become_tables()
    {
        TabularData people = TabularData.FromObjects(
            [new Person("Ann", 30, DayOfWeek.Monday), new Person("Bob", null, DayOfWeek.Friday)], ("name", p => p.Name), ("age", p => p.Age), ("day", p => p.Day));
        Assert.That(people["age"].GetNumber(1), Is.NaN);
        Assert.That(people["day"].GetText(1), Is.EqualTo("Friday"));

        using JsonDocument json = JsonDocument.Parse("""{ "age": 41.5, "city": "Bern", "member": true, "note": null }""");
        Dictionary<string, object?> row = json.RootElement.EnumerateObject().ToDictionary(property => property.Name, property => (object?)property.Value);
        TabularData one = TabularData.FromRows(row, new Dictionary<string, object?> { ["age"] = 3 });
        Assert.That(one.Columns.Select(column => column.Type), Is.EqualTo((ColumnType[])[ColumnType.Number, ColumnType.Text, ColumnType.Boolean, ColumnType.Text]));
        Assert.That(one["age"].GetNumber(1), Is.EqualTo(3));
        Assert.That(one["city"].IsMissing(1) && one["note"].IsMissing(0), Is.True);
    }

    [Test]
    public void What_makes_no_table_is_refused()
    {
        Assert.That(() => new TabularData(), Throws.ArgumentException);
        Assert.That(() => new TabularData(TabularColumn.Numbers("a", [1]), TabularColumn.Numbers("a", [2])), Throws.ArgumentException.With.Message.Contains("two columns have the name \"a\""));
        Assert.That(() => new TabularData(TabularColumn.Numbers("a", [1]), TabularColumn.Numbers("b", [])), Throws.ArgumentException.With.Message.Contains("\"b\" has 0 rows"));
        Assert.That(() => TabularColumn.Numbers("a", [1, double.PositiveInfinity]), Throws.ArgumentException.With.Message.Contains("column \"a\", row 1: the number is infinite"));
        Assert.That(() => TabularColumn.Create("a", [null, 1, "x"]), Throws.ArgumentException.With.Message.Contains("row 1 has a value of type Int32, row 2 has a value of type String"));
        Assert.That(() => TabularColumn.Create("a", [new object()]), Throws.ArgumentException.With.Message.Contains("type Object"));
        Assert.That(() => TabularColumn.Texts("a", ["1.5", "x"]).GetNumber(1), Throws.ArgumentException.With.Message.Contains("column \"a\", row 1: \"x\" is not a number"));
    }

    private sealed record Person(string Name, int? Age, DayOfWeek Day);
}
