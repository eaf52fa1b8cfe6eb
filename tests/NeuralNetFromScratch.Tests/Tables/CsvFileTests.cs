using System.Globalization;
using System.IO.Compression;
using System.Text;
using NeuralNetFromScratch.Tables;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Tables;

public class CsvFileTests
{
    [Test]
    public void Types_are_found_and_holes_are_missing()
    {
        TabularData data = CsvFile.Parse("age,city,member,joined,zip,all\n31,Bern,true,2020-01-31,08001,\n?, Basel ,no,2021-02-03 04:05,08002,\n55.5,NA,,NA,8003,\n");
        Assert.That(data.Columns.Select(column => (column.Name, column.Type, column.MissingCount)), Is.EqualTo((List<(string, ColumnType, int)>)
        [
            ("age", ColumnType.Number, 1), ("city", ColumnType.Text, 1), ("member", ColumnType.Boolean, 1), ("joined", ColumnType.Date, 1), ("zip", ColumnType.Text, 0), ("all", ColumnType.Text, 3),
        ]));
        Assert.That(data["city"].GetText(1), Is.EqualTo("Basel"));
        Assert.That(data["zip"].GetText(0), Is.EqualTo("08001"), "a code, not a number");
        Assert.That(data["joined"].GetText(1), Is.EqualTo("2021-02-03T04:05:00"));
    }

    [Test]
    public void Quoted_cells_may_hold_separators_marks_and_ends_of_lines()
    {
        TabularData data = CsvFile.Parse("\"a,1\",b\r\n\"x, \"\"y\"\"\",\"two\r\nlines\"\r\n\r\n\"NA\",\" space \"\r\n\"\",z");
        Assert.That(data.Columns.Select(column => column.Name), Is.EqualTo((string[])["a,1", "b"]));
        Assert.That(Texts(data["a,1"]), Is.EqualTo((string?[])["x, \"y\"", "NA", null]), "a quoted marker is a text");
        Assert.That(Texts(data["b"]), Is.EqualTo((string?[])["two\r\nlines", " space ", "z"]));
    }

    [TestCase("a;b\n1;2\n")]
    [TestCase("a\tb\n1\t2\n")]
    [TestCase("a|b\n1|2\n")]
    [TestCase("\n\na,b\n1,2\n")]
    [TestCase("sep=;\na;b\n1;2\n")]
    [TestCase("sep=,\r\na,b\r\n1,2\r\n")]
    [TestCase("\"a\",\"b\"\n1,2")]
    public void The_separator_is_found(string text)
    {
        TabularData data = CsvFile.Parse(text);
        Assert.That(data.Columns.Select(column => (column.Name, column.GetNumber(0))), Is.EqualTo((List<(string, double)>)[("a", 1), ("b", 2)]));
    }

    [Test]
    public void A_first_line_with_a_number_is_no_header_unless_it_is_said_to_be()
    {
        Assert.That(CsvFile.Parse("5.1,setosa\n4.9,setosa\n").Columns.Select(column => (column.Name, column.Count)), Is.EqualTo((List<(string, int)>)[("column 1", 2), ("column 2", 2)]));
        Assert.That(CsvFile.Parse("2019,2020\n1,2\n", new() { HasHeader = true }).Columns.Select(column => column.Name), Is.EqualTo((string[])["2019", "2020"]));
        Assert.That(CsvFile.Parse("x,y\nz,w\n", new() { HasHeader = false }).RowCount, Is.EqualTo(2));
        Assert.That(CsvFile.Parse("a,\n1,2\n").Columns[1].Name, Is.EqualTo("column 2"));
    }

    [Test]
    public void Numbers_and_dates_are_read_in_the_culture_that_is_asked_for()
    {
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        german.NumberFormat.NumberGroupSeparator = ".";
        german.DateTimeFormat.ShortDatePattern = "dd.MM.yyyy";
        german.DateTimeFormat.ShortTimePattern = "HH:mm";
        german.DateTimeFormat.LongTimePattern = "HH:mm:ss";
        TabularData data = CsvFile.Parse("a;b\n1,5;31.12.2020\n-2,25;01.02.2021\n", new() { Culture = german });
        Assert.That(data["a"].GetNumber(1), Is.EqualTo(-2.25));
        Assert.That(data["b"].GetText(0), Is.EqualTo("2020-12-31"));
        TabularColumn times = CsvFile.Parse("when\n31.12.2020 17:05\n01.02.2021 00:00:30\n", new() { Culture = german })["when"];
        Assert.That(times.Type, Is.EqualTo(ColumnType.Date));
        Assert.That((times.GetText(0), times.GetText(1)), Is.EqualTo(("2020-12-31T17:05:00", "2021-02-01T00:00:30")));
        CultureInfo.CurrentCulture = german;
        Assert.That(CsvFile.Parse("a\n1.5\n")["a"].GetNumber(0), Is.EqualTo(1.5), "the thread's culture does not matter");
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Assert.That(CsvFile.Parse("a,b\nnone,1\n2,2\n", new() { MissingMarkers = ["none"] })["a"].IsMissing(0), Is.True);
    }

    [Test]
    public void Types_that_are_asked_for_hold()
    {
        TabularData data = CsvFile.Parse("zip,flag,n\n8001,1,007\n8002,0,12\n", new() { Types = new Dictionary<string, ColumnType> { ["zip"] = ColumnType.Text, ["flag"] = ColumnType.Boolean, ["n"] = ColumnType.Number } });
        Assert.That(data.Columns.Select(column => column.Type), Is.EqualTo((ColumnType[])[ColumnType.Text, ColumnType.Boolean, ColumnType.Number]));
        Assert.That(() => CsvFile.Parse("a\n1\n", new() { Types = new Dictionary<string, ColumnType> { ["b"] = ColumnType.Text } }), Throws.ArgumentException.With.Message.Contains("no column \"b\"; it has \"a\""));
    }

    [Test]
    public void Boolean_labels_keep_the_words_of_the_file()
    {
        TabularData data = CsvFile.Parse("n,kind\n1,Yes\n2,no\n3,\n4,Yes\n5,No\n").DropMissing("kind");
        Assert.That(data["kind"].Type, Is.EqualTo(ColumnType.Boolean));
        Assert.That(Texts(data["kind"]), Is.EqualTo((string?[])["Yes", "no", "Yes", "no"]), "the first spelling of each value");
        var words = new TabularClassifier<string>(new() { MaxEpochs = 1 });
        words.Fit(data, "kind");
        Assert.That(words.Classes, Is.EqualTo((string[])["Yes", "no"]));
        var flags = new TabularClassifier<bool>(new() { MaxEpochs = 1 });
        flags.Fit(data, "kind");
        Assert.That(flags.Classes, Is.EqualTo((bool[])[false, true]));
        Assert.That(() => new TabularClassifier<int>().Fit(data, "kind"), Throws.ArgumentException.With.Message.Contains("text, line 2, column \"kind\": \"Yes\" is not a label of type Int32"));
    }

    [Test]
    public void A_cell_that_does_not_fit_the_plan_is_named_by_file_and_line()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.csv");
        File.WriteAllText(path, "n,m\n1,5\n\n2,6\nx,7\n");
        TabularData numbers = CsvFile.Parse("n,m\n1,5\n2,6\n4,9\n"), read = CsvFile.Read(path);
        TabularPlan plan = TabularPlan.Infer(numbers);
        string expected = $"{path}, line 5, column \"n\": \"x\" is not a number";
        Assert.That(() => plan.ToDataset(read, new int[3], 1), Throws.ArgumentException.With.Message.Contains(expected));
        Assert.That(() => plan.ToDataset(read.Subset([1, 2]), new int[2], 1), Throws.ArgumentException.With.Message.Contains(expected));
        Assert.That(() => new TabularRegressor().Fit(read.Subset([2, 0]).Without("m"), "n"), Throws.ArgumentException.With.Message.Contains(expected));
        Assert.That(() => new TabularRegressor().Fit(read, "k"), Throws.ArgumentException.With.Message.Contains("no column \"k\"; it has \"n\", \"m\"").And.Message.Contains("'target'"));
    }

    [TestCase("\u001b[31m,\u001b[31m\n1,2\n")]
    [TestCase("n\u001b[31m,m\n1,2\nx,3\n")]
    [TestCase("n,m\n1,2\n\u001b[31m,3\n")]
    [TestCase("n,m\u001b[31m\n1,a\"b\n")]
    public void Control_characters_of_a_file_do_not_reach_a_message(string text)
    {
        var types = new Dictionary<string, ColumnType> { ["n"] = ColumnType.Number, ["n\u001b[31m"] = ColumnType.Number };
        Exception failed = Assert.Catch(() => CsvFile.Parse(text, new() { Types = types.Where(type => text.Contains(type.Key + ",", StringComparison.Ordinal)).ToDictionary() }))!;
        Assert.That(failed, Is.InstanceOf<InvalidDataException>());
        Assert.That(failed.Message, Does.Contain("\\u001b[31m").And.Not.Contains("\u001b"));
    }

    [Test]
    public void Encodings_are_found_by_their_mark_or_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.csv"), text = "stadt,n\nZürich,1\n";
        foreach (Encoding encoding in (Encoding[])[new UTF8Encoding(true), new UTF8Encoding(false), Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            File.WriteAllText(path, text, encoding);
            Assert.That(CsvFile.Read(path)["stadt"].GetText(0), Is.EqualTo("Zürich"), encoding.WebName);
        }

        File.WriteAllText(path, text, Encoding.Latin1);
        Assert.That(() => CsvFile.Read(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains($"{path}, line 2: the bytes are not utf-8").And.Message.Contains("Latin1"));
        Assert.That(CsvFile.Read(path, new() { Encoding = Encoding.Latin1 })["stadt"].GetText(0), Is.EqualTo("Zürich"));
    }

    [Test]
    public void Streams_that_cannot_seek_and_packed_files_are_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.csv.gz");
        using (var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            packed.Write("a,b\n1,x\n"u8);
        Assert.That(CsvFile.Read(path)["b"].GetText(0), Is.EqualTo("x"));
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        Assert.That(CsvFile.Read(stream)["a"].GetNumber(0), Is.EqualTo(1));
        using var later = new MemoryStream("skipped,a\n1\n"u8.ToArray()) { Position = 8 };
        Assert.That(CsvFile.Read(later).Columns[0].Name, Is.EqualTo("a"));
    }

    [TestCase("", "text is empty")]
    [TestCase("\n \n", "text is empty")]
    [TestCase("a,b\n", "text has a header, but no rows")]
    [TestCase("a,a\n1,2\n", "text, line 1: two columns have the name \"a\"")]
    [TestCase("a,b\n1,x\n2\n", "text, line 3: expected 2 cells, as in the first line, got 1")]
    [TestCase("a,b\n1,x\n\n2,x,3\n", "text, line 4: expected 2 cells, as in the first line, got 3")]
    [TestCase("a,b\n1,x\"y\n", "text, line 2, column \"b\": a quotation mark is misplaced")]
    [TestCase("a,b\n\"1\nx\",2\n\"x\"y,z\n", "text, line 4, column \"a\": a quotation mark is misplaced")]
    [TestCase("a,b\n1,\"open\n2,z\n", "text, line 2, column \"b\": a quotation mark is misplaced")]
    [TestCase("n,b\n1,x\nfive,y\n", "text, line 3, column \"n\": \"five\" is not a number")]
    [TestCase("\nsep=\u0007\na\n", "text, line 2: \"\\u0007\" cannot be the separator")]
    [TestCase("sep=;\nn;b\n1;x\nInfinity;y\n", "text, line 4, column \"n\": \"Infinity\" is not a number")]
    public void What_is_no_table_is_named_by_line_and_column(string text, string message)
    {
        bool hasNumber = text.Contains("n,b", StringComparison.Ordinal) || text.Contains("n;b", StringComparison.Ordinal);
        CsvOptions options = new() { Types = hasNumber ? new Dictionary<string, ColumnType> { ["n"] = ColumnType.Number } : new() };
        Assert.That(() => CsvFile.Parse(text, options), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
    }

    [Test]
    public void A_quotation_mark_that_is_not_closed_is_named_in_a_long_file() =>
        Assert.That(
            () => CsvFile.Parse("a,b\n1,2\n3,\"" + new string('x', 1 << 24)),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("text, line 3: the row has more than 16777216 characters; check for a quotation mark"));

    [Test]
    public void Utf_16_without_a_mark_is_recognized_and_can_be_specified()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.csv");
        File.WriteAllBytes(path, Encoding.Unicode.GetBytes("a,b\n1,x\n"));
        Assert.That(() => CsvFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"{path}, line 1").And.Message.Contains("CsvOptions.Encoding to Encoding.Unicode"));
        Assert.That(CsvFile.Read(path, new() { Encoding = Encoding.Unicode })["b"].GetText(0), Is.EqualTo("x"));
    }

    [Test]
    public void A_damaged_compressed_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.csv.gz");
        File.WriteAllText(path, "a,b\n1,2\n");
        Assert.That(() => CsvFile.Read(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(path));
    }

    [Test]
    public void Many_rows_are_read_as_they_were_written()
    {
        var text = new StringBuilder("id,value,name\n");
        for (int i = 0; i < 50_000; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i},{i * 0.25},{(i % 3 == 0 ? $"\"name {i % 7}, of 7\"" : $"name {i % 7}")}\n");
        TabularData data = CsvFile.Parse(text.ToString());
        Assert.That(data.RowCount, Is.EqualTo(50_000));
        Assert.That(Enumerable.Range(0, 50_000).All(i => data["value"].GetNumber(i) == i * 0.25 && data["id"].GetNumber(i) == i && data["name"].GetText(i) == (i % 3 == 0 ? $"name {i % 7}, of 7" : $"name {i % 7}")), Is.True);
    }

    [Test]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.That(() => CsvFile.Parse("a\n1\n", new() { Separator = '"' }), Throws.ArgumentException);
        Assert.That(() => CsvFile.Parse("a\n1\n", new() { Culture = null! }), Throws.ArgumentNullException);
        Assert.That(() => CsvFile.Parse("a\n1\n", new() { Types = new Dictionary<string, ColumnType> { ["a"] = (ColumnType)9 } }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => CsvFile.Read(Path.Combine(Path.GetTempPath(), "there-is-none.csv")), Throws.InstanceOf<FileNotFoundException>());
    }

    private static IEnumerable<string?> Texts(TabularColumn column) => Enumerable.Range(0, column.Count).Select(column.GetText);
}
