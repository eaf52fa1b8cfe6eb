using System.Buffers.Binary;
using System.Data;
using NeuralNetFromScratch.Tables;
using NeuralNetFromScratch.Tests.Data;
using Parquet;
using Parquet.Schema;

namespace NeuralNetFromScratch.Tests.Tables;

/// <summary>Parquet files and queries of databases.</summary>
public class OtherSourcesTests
{
    private static readonly int?[] Numbers = [1, null, 3];
    private static readonly string?[] Strings = ["x", null, "z"];
    private static readonly double[] Reals = [1.5, 2, 3];
    private static readonly decimal[] Decimals = [1m, 2.25m, 3m];
    private static readonly bool[] Flags = [true, false, true];

    [Test]
    public async Task Parquet_files_of_several_row_groups_are_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.parquet");
        await Write(path);
        TabularData data = await ParquetFile.ReadAsync(path);
        Assert.That(data.RowCount, Is.EqualTo(6));
        Assert.That(data.Columns.Select(column => (column.Name, column.Type, column.MissingCount)), Is.EqualTo((List<(string, ColumnType, int)>)
        [
            ("number", ColumnType.Number, 2), ("text", ColumnType.Text, 2), ("real", ColumnType.Number, 0), ("date", ColumnType.Date, 0), ("money", ColumnType.Number, 0), ("flag", ColumnType.Boolean, 0),
        ]));
        Assert.That(Enumerable.Range(0, 6).Select(data["text"].GetText), Is.EqualTo((string?[])["x", null, "z", "x", null, "z"]));
        Assert.That(data["number"].GetNumber(5), Is.EqualTo(3));
        Assert.That(data["date"].GetText(0), Is.EqualTo("2020-02-29T01:02:03"));
        Assert.That(data["money"].GetNumber(1), Is.EqualTo(2.25));
        Assert.That((await ParquetFile.ReadAsync(path, ["flag", "real"])).Columns.Select(column => column.Name), Is.EqualTo((string[])["flag", "real"]));
        Assert.That(async () => await ParquetFile.ReadAsync(path, ["none"]), Throws.ArgumentException.With.Message.Contains("no column \"none\"; it has \"number\""));
    }

    [Test]
    public async Task What_is_no_Parquet_file_or_holds_lists_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.parquet");
        await File.WriteAllTextAsync(path, "a,b\n1,2\n");
        Assert.That(async () => await ParquetFile.ReadAsync(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(path));
        await Write(path);
        byte[] bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)]);
        Assert.That(async () => await ParquetFile.ReadAsync(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(path));
        await using (FileStream file = File.Create(path))
        {
            var schema = new ParquetSchema(new DataField<int>("fine"), new ListField("list", new DataField<int>("item")));
            await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file);
        }

        Assert.That(async () => await ParquetFile.ReadAsync(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("lists are not supported"));
    }

    [Test]
    public async Task A_cell_that_does_not_fit_the_plan_is_named_by_file_and_row()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.parquet");
        await Write(path);
        TabularData table = await ParquetFile.ReadAsync(path);
        TabularPlan plan = TabularPlan.Infer(new TabularData(TabularColumn.Numbers("text", [1, 2, 4])));
        Assert.That(() => plan.ToDataset(table, new int[table.RowCount], 1), Throws.ArgumentException.With.Message.Match("table\\.parquet, row \\d, column \"text\": \".*\" is not a number"));
    }

    [Test]
    public void Queries_and_data_tables_are_read()
    {
        using var table = new DataTable();
        table.Columns.Add("age", typeof(int));
        table.Columns.Add("city", typeof(string));
        table.Columns.Add("when", typeof(DateTimeOffset));
        table.Rows.Add(31, "Bern", new DateTimeOffset(2020, 1, 2, 3, 0, 0, TimeSpan.FromHours(1)));
        table.Rows.Add(DBNull.Value, "Basel", DBNull.Value);
        TabularData data = table.ToTabularData();
        Assert.That(data["age"].GetNumber(0), Is.EqualTo(31));
        Assert.That(data.Columns.Select(column => column.IsMissing(1)), Is.EqualTo((bool[])[true, false, true]));
        Assert.That(data["when"].GetText(0), Is.EqualTo("2020-01-02T02:00:00"), "UTC");
        table.Columns.Add("bytes", typeof(byte[]));
        table.Rows[0]["bytes"] = new byte[3];
        Assert.That(table.ToTabularData, Throws.ArgumentException.With.Message.Contains("column \"bytes\", row 0"));
    }

    [Test]
    public async Task A_Parquet_file_that_lies_about_its_size_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.parquet");
        await Write(path);
        byte[] file = await File.ReadAllBytesAsync(path);
        int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8)), start = file.Length - 8 - length;

        // Footers in Thrift's compact protocol: structures within structures; a version, and a list of schema elements that is too long or no list; a group of 2³¹ − 1 rows.
        await Refuse([.. file[..start], 0xFC, .. Enumerable.Repeat((byte)0x1C, 100_000)], "levels deep");
        await Refuse([.. file[..start], 0x15, 4, 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 7], "a list has 2147483647 elements");
        await Refuse([.. file[..start], 0x15, 4, 0x15, 4], "field 2 of a structure has the wrong type");
        await Refuse([.. file[..start], 0], "does not have a schema");
        byte[] node = [0x48, 1, 0x73, 0x15, 2, 0];
        await Refuse([.. file[..start], 0x15, 4, 0x19, 0xFC, 0x64, .. Enumerable.Repeat(node, 100).SelectMany(bytes => bytes), 0x16, 0, 0x19, 0x0C, 0], "no tree of at most 32 levels");
        await Refuse([.. file[..start], 0x15, 4, 0x19, 0x1C, 0x48, 1, 0x73, 0x15, 0, 0, 0x16, 12, 0x19, 0x1C, 0x19, 0x0C, 0x16, 0, 0x16, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0], "a group has 2147483647 rows");

        async Task Refuse(byte[] beginning, string message)
        {
            byte[] tail = [0, 0, 0, 0, .. "PAR1"u8];
            BinaryPrimitives.WriteInt32LittleEndian(tail, beginning.Length - start);
            await File.WriteAllBytesAsync(path, [.. beginning, .. tail]);
            Assert.That(async () => await ParquetFile.ReadAsync(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(path).And.Message.Contains(message));
        }
    }

    [Test]
    public void Infinite_numbers_of_a_Parquet_file_are_refused_by_column()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("table.parquet");
        Assert.That(
            async () =>
            {
                await Write(path, [1, double.PositiveInfinity, 2]);
                await ParquetFile.ReadAsync(path);
            },
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("column \"real\""));
    }

    private static async Task Write(string path, double[]? reals = null)
    {
        var schema = new ParquetSchema(
            new DataField<int?>("number"), new DataField<string>("text"), new DataField<double>("real"), new DataField<DateTime>("date"), new DataField<decimal>("money"), new DataField<bool>("flag"));
        await using FileStream file = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file);
        for (int group = 0; group < 2; group++)
        {
            using ParquetRowGroupWriter rows = writer.CreateRowGroup();
            await rows.WriteAsync<int>(schema.DataFields[0], Numbers);
            await rows.WriteAsync(schema.DataFields[1], Strings);
            await rows.WriteAsync<double>(schema.DataFields[2], reals ?? Reals);
            await rows.WriteAsync<DateTime>(schema.DataFields[3], Enumerable.Repeat(new DateTime(2020, 2, 29, 1, 2, 3, DateTimeKind.Utc), 3).ToArray());
            await rows.WriteAsync<decimal>(schema.DataFields[4], Decimals);
            await rows.WriteAsync<bool>(schema.DataFields[5], Flags);
        }
    }
}
