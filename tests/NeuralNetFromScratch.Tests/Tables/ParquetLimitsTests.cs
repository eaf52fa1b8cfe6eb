using NeuralNetFromScratch.Tables;
using Parquet;
using Parquet.Schema;

namespace NeuralNetFromScratch.Tests.Tables;

/// <summary>Small Parquet files that stand for much data take memory and time in proportion to the file.</summary>
public class ParquetLimitsTests
{
    [Test]
    public async Task Rows_with_the_same_long_text_share_it([Values(CompressionMethod.None, CompressionMethod.Gzip, CompressionMethod.Zstd)] CompressionMethod compression, [Values] bool isNullable)
    {
        const int Length = 20_000, Rows = 5_000;
        string text = new('x', Length);
        string?[] texts = [.. Enumerable.Range(0, Rows).Select(row => row % 3 == 1 && isNullable ? null : row % 3 == 2 ? "y" : text)];
        byte[] file = await Write([("text", isNullable, texts)], compression);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        TabularData data = await ParquetFile.ReadAsync(new MemoryStream(file));
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(20_000_000), "the texts of all rows have 67 MB or more");
        Assert.That(Enumerable.Range(0, Rows).Select(row => data["text"].GetText(row)), Is.EqualTo(texts));
    }

    [Test]
    public async Task Many_columns_of_many_equal_rows_are_refused_together_and_read_one_by_one()
    {
        const int Columns = 60, Rows = 300_000;
        bool?[] flags = new bool?[Rows];
        byte[] file = await Write([.. Enumerable.Range(0, Columns).Select(column => ($"c{column}", true, (Array)flags))], CompressionMethod.Gzip);
        Assert.That(file.Length * 1000L, Is.GreaterThan(Rows).And.LessThan((long)Columns * Rows), "the case under test");
        Assert.That(
            async () => await ParquetFile.ReadAsync(new MemoryStream(file)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"a file of {file.Length} bytes may have {file.Length * 1000L / Columns} of {Columns} columns"));
        Assert.That((await ParquetFile.ReadAsync(new MemoryStream(file), ["c7"])).RowCount, Is.EqualTo(Rows));
    }

    [Test]
    public async Task Repetitive_pages_of_every_compression_are_read(
        [Values(CompressionMethod.Snappy, CompressionMethod.Gzip, CompressionMethod.LZ4, CompressionMethod.Lz4Raw, CompressionMethod.Zstd, CompressionMethod.Brotli)] CompressionMethod compression)
    {
        const int Rows = 100_000;
        double?[] numbers = [.. Enumerable.Repeat<double?>(0, Rows)];
        string?[] texts = [.. Enumerable.Repeat("the same text in each row", Rows)];
        // Numbers of other columns make the file large enough for its rows.
        double?[] others = [.. Enumerable.Range(0, Rows).Select(i => (double?)Math.Sin(i))];
        byte[] file = await Write([("n", true, numbers), ("t", false, texts), ("o", true, others)], compression);
        TabularData data = await ParquetFile.ReadAsync(new MemoryStream(file));
        Assert.That((data["n"].GetNumber(Rows - 1), data["t"].GetText(Rows - 1), data["o"].GetNumber(1)), Is.EqualTo((0.0, texts[0], Math.Sin(1))));
    }

    private static async Task<byte[]> Write((string Name, bool IsNullable, Array Values)[] columns, CompressionMethod compression)
    {
        var schema = new ParquetSchema([.. columns.Select(column => column.Values switch
        {
            string?[] => new DataField(column.Name, typeof(string), column.IsNullable),
            bool?[] => new DataField<bool?>(column.Name),
            _ => (Field)new DataField<double?>(column.Name),
        })]);
        var options = new ParquetOptions { CompressionMethod = compression, DictionaryEncodingThreshold = 1 };
        foreach ((string name, bool isNullable, Array values) in columns)
        {
            if (values is string?[])
                options.ColumnEncodingHints[name] = EncodingHint.Dictionary;
        }

        using var file = new MemoryStream();
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file, options))
        {
            using ParquetRowGroupWriter rows = writer.CreateRowGroup();
            for (int i = 0; i < columns.Length; i++)
            {
                if (columns[i].Values is string?[] texts)
                    await rows.WriteAsync(schema.DataFields[i], texts);
                else if (columns[i].Values is bool?[] flags)
                    await rows.WriteAsync<bool>(schema.DataFields[i], flags);
                else
                    await rows.WriteAsync<double>(schema.DataFields[i], (double?[])columns[i].Values);
            }
        }

        return file.ToArray();
    }
}
