using Parquet;
using Parquet.Schema;

namespace NeuralNetFromScratch.Tables;

/// <summary>
/// Reads Parquet files, by Parquet.Net. It works in native programs too, but Parquet.Net then gives warnings when they are published; programs that do not use
/// this class have none.
/// </summary>
public static class ParquetFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns to read, by name; all if null, the default.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">The file is no Parquet file, or a column's values are of a type that no table holds; the message names file and column.</exception>
    /// <exception cref="ArgumentException">The file has not one of the columns.</exception>
    public static async Task<TabularData> ReadAsync(string path, IReadOnlyList<string>? columns = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
            return await ReadAsync(file, path, columns, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">The stream, which can seek, and stays open.</param>
    /// <param name="columns">The columns to read, by name; all if null, the default.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">The stream holds no Parquet file, or a column's values are of a type that no table holds; the message names the column.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek, or has not one of the columns.</exception>
    public static Task<TabularData> ReadAsync(Stream stream, IReadOnlyList<string>? columns = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadAsync(stream, stream is FileStream file ? file.Name : "stream", columns, cancellationToken);
    }

    private static async Task<TabularData> ReadAsync(Stream stream, string name, IReadOnlyList<string>? columns, CancellationToken cancellationToken)
    {
        if (!stream.CanRead || !stream.CanSeek)
            throw new ArgumentException("a Parquet file is read from its end: the stream must be able to read and to seek", nameof(stream));
        try
        {
            ParquetReader reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                List<TabularColumn> read = [];
                foreach (DataField field in Fields(reader.Schema, name, columns))
                    read.Add(await ReadAsync(reader, field, name, cancellationToken).ConfigureAwait(false));
                return new(read);
            }
        }
        catch (Exception exception) when (exception is ParquetException or IOException or IndexOutOfRangeException or OverflowException or NotSupportedException or InvalidCastException)
        {
            throw new InvalidDataException($"{name}: cannot be read as a Parquet file: {exception.Message}", exception);
        }
    }

    private static DataField[] Fields(ParquetSchema schema, string name, IReadOnlyList<string>? columns)
    {
        DataField[] all = schema.DataFields;
        string there = string.Join(", ", all.Select(field => $"\"{field.Path}\""));
        return columns is null ? all : [.. columns.Select(column => Array.Find(all, field => field.Path.ToString() == column)
            ?? throw new ArgumentException($"{name} has no column \"{column}\"; it has {there}", nameof(columns)))];
    }

    private static Task<TabularColumn> ReadAsync(ParquetReader reader, DataField field, string name, CancellationToken cancellationToken)
    {
        var column = new ColumnRead(reader, field, cancellationToken);
        Type type = field.ClrType;
        if (field.IsArray || field.MaxRepetitionLevel > 0)
            throw new InvalidDataException($"{name}, column \"{field.Path}\": holds lists; name the columns to read");
        return type == typeof(double) ? column.NumbersAsync<double>(value => value)
            : type == typeof(float) ? column.NumbersAsync<float>(value => value)
            : type == typeof(int) ? column.NumbersAsync<int>(value => value)
            : type == typeof(long) ? column.NumbersAsync<long>(value => value)
            : type == typeof(short) ? column.NumbersAsync<short>(value => value)
            : type == typeof(sbyte) ? column.NumbersAsync<sbyte>(value => value)
            : type == typeof(byte) ? column.NumbersAsync<byte>(value => value)
            : type == typeof(ushort) ? column.NumbersAsync<ushort>(value => value)
            : type == typeof(uint) ? column.NumbersAsync<uint>(value => value)
            : type == typeof(ulong) ? column.NumbersAsync<ulong>(value => value)
            : type == typeof(decimal) ? column.NumbersAsync<decimal>(value => (double)value)
            : type == typeof(bool) ? column.BooleansAsync()
            : type == typeof(DateTime) ? column.DatesAsync<DateTime>(value => value)
            : type == typeof(DateOnly) ? column.DatesAsync<DateOnly>(value => value.ToDateTime(TimeOnly.MinValue))
            : type == typeof(string) || type == typeof(ReadOnlyMemory<char>) ? column.TextsAsync()
            : throw new InvalidDataException($"{name}, column \"{field.Path}\": holds values of type {type.Name}, which are no numbers, texts, truth values or dates; name the columns to read");
    }

    /// <summary>A column of all row groups.</summary>
    private readonly struct ColumnRead(ParquetReader reader, DataField source, CancellationToken cancellationToken)
    {
        private string Name => source.Path.ToString();

        public async Task<TabularColumn> NumbersAsync<T>(Func<T, double> number)
            where T : struct
        {
            string name = Name;
            List<T?> values = await ValuesAsync<T>().ConfigureAwait(false);
            return TabularColumn.Numbers(name, [.. values.Select(value => value is { } there ? number(there) : double.NaN)]);
        }

        public async Task<TabularColumn> BooleansAsync()
        {
            string name = Name;
            return TabularColumn.Booleans(name, await ValuesAsync<bool>().ConfigureAwait(false));
        }

        public async Task<TabularColumn> DatesAsync<T>(Func<T, DateTime> date)
            where T : struct
        {
            string name = Name;
            List<T?> values = await ValuesAsync<T>().ConfigureAwait(false);
            return TabularColumn.Dates(name, [.. values.Select(value => value is { } there ? date(there) : (DateTime?)null)]);
        }

        public async Task<TabularColumn> TextsAsync()
        {
            string name = Name;
            List<string?> texts = [];
            for (int group = 0; group < reader.RowGroupCount; group++)
            {
                using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
                var some = new string?[rows.RowCount];
                await rows.ReadAsync(source, some.AsMemory(), cancellationToken: cancellationToken).ConfigureAwait(false);
                texts.AddRange(some);
            }

            return TabularColumn.Texts(name, texts);
        }

        private async Task<List<T?>> ValuesAsync<T>()
            where T : struct
        {
            List<T?> values = [];
            for (int group = 0; group < reader.RowGroupCount; group++)
            {
                using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
                if (source.IsNullable)
                {
                    var some = new T?[rows.RowCount];
                    await rows.ReadAsync(source, some.AsMemory(), cancellationToken: cancellationToken).ConfigureAwait(false);
                    values.AddRange(some);
                }
                else
                {
                    var some = new T[rows.RowCount];
                    await rows.ReadAsync(source, some.AsMemory(), cancellationToken: cancellationToken).ConfigureAwait(false);
                    values.AddRange(some.Select(value => (T?)value));
                }
            }

            return values;
        }
    }
}
