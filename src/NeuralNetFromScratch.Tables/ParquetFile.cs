using System.Diagnostics.CodeAnalysis;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace NeuralNetFromScratch.Tables;

/// <summary>
/// Reads Parquet files with Parquet.Net. The columns that are read can have up to 1000 cells for each byte of the file. This class also works with NativeAOT, but
/// publishing a program that uses it shows trim warnings of Parquet.Net.
/// </summary>
public static class ParquetFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns to read, by name; all if null, the default.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidDataException">The file is not a Parquet file, or a column has a type that is not supported. The message names the file and the column.</exception>
    /// <exception cref="ArgumentException">The file does not have one of the columns.</exception>
    public static async Task<TabularData> ReadAsync(string path, IReadOnlyList<string>? columns = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
            return await ReadAsync(file, path, columns, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">The stream. It must be seekable and stays open.</param>
    /// <param name="columns">The columns to read, by name; all if null, the default.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidDataException">The content is not a Parquet file, or a column has a type that is not supported. The message names the column.</exception>
    /// <exception cref="ArgumentException">The stream is not readable or not seekable, or does not have one of the columns.</exception>
    public static Task<TabularData> ReadAsync(Stream stream, IReadOnlyList<string>? columns = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadAsync(stream, stream is FileStream file ? file.Name : "stream", columns, cancellationToken);
    }

    private static async Task<TabularData> ReadAsync(Stream stream, string name, IReadOnlyList<string>? columns, CancellationToken cancellationToken)
    {
        if (!stream.CanRead || !stream.CanSeek)
            throw new ArgumentException("the stream must be readable and seekable, since a Parquet file is read from its end; copy it to a MemoryStream", nameof(stream));
        string file = $"{MessageText.Escape(name)}: not a valid Parquet file";
        ParquetReader reader = await Guarded(file, () =>
        {
            ParquetCheck.Footer(stream);
            return ParquetReader.CreateAsync(new BoundedReads(stream), leaveStreamOpen: true, cancellationToken: cancellationToken);
        }).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            DataField[] all = await Guarded(file, () =>
            {
                ParquetCheck.Rows(reader.Metadata!, columns: 1, stream.Length);
                ParquetCheck.Rows(reader.Metadata!, Math.Max(columns?.Count ?? reader.Schema.DataFields.Length, 1), stream.Length);
                return Task.FromResult(reader.Schema.DataFields);
            }).ConfigureAwait(false);
            if (all.Length == 0)
                throw new InvalidDataException($"{MessageText.Escape(name)} has no columns");
            if (all.GroupBy(field => field.Path.ToString(), StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new InvalidDataException($"{MessageText.Escape(name)}: two columns have the name {MessageText.Quote(twice.Key)}");
            List<TabularColumn> read = [];
            foreach (DataField field in Choose(all, name, columns))
            {
                string where = $"{MessageText.Escape(name)}, column {MessageText.Quote(field.Path.ToString())}";
                read.Add(await Guarded(where, () => ReadAsync(reader, field, stream, cancellationToken)).ConfigureAwait(false));
            }

            var source = new RowSource(name, "row", [.. Enumerable.Range(0, read.Count == 0 ? 0 : read[0].Count)]);
            return new([.. read.Select(column => column.From(source))]);
        }
    }

    /// <summary>Converts the exceptions that the contents of a file cause in Parquet.Net to an exception that names the file or column.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A damaged file makes Parquet.Net throw exceptions of a dozen types, null references and indices out of range among them.")]
    private static async Task<T> Guarded<T>(string where, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            throw MessageText.Malformed(where, exception);
        }
    }

    private static DataField[] Choose(DataField[] all, string name, IReadOnlyList<string>? columns) =>
        columns is null ? all : [.. columns.Select(column => Array.Find(all, field => field.Path.ToString() == column)
            ?? throw new ArgumentException($"{MessageText.Escape(name)} has no column {MessageText.Quote(column)}; it has {MessageText.Names([.. all.Select(field => field.Path.ToString())])}", nameof(columns)))];

    private static Task<TabularColumn> ReadAsync(ParquetReader reader, DataField field, Stream stream, CancellationToken cancellationToken)
    {
        var column = new ColumnRead(reader, field, cancellationToken);
        Type type = field.ClrType;
        if (field.IsArray || field.MaxRepetitionLevel > 0)
            throw new InvalidDataException("lists are not supported; specify the columns to read");
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
            ParquetCheck.Pages(stream, rows.GetMetadata(field)?.MetaData ?? throw new InvalidDataException($"row group {group} does not have it"), rows.RowCount);
        }

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
            : throw new InvalidDataException($"values of type {type.Name} are not supported; specify the columns to read");
    }

    /// <summary>Reads a column from all row groups.</summary>
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
            var pool = new TextPool();
            for (int group = 0; group < reader.RowGroupCount; group++)
            {
                using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
                using RawColumnData some = await rows.ReadRawColumnDataBaseAsync(source, cancellationToken).ConfigureAwait(false);
                pool.Add((RawColumnData<ReadOnlyMemory<char>>)some, source.IsNullable, texts);
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

    /// <summary>
    /// Stores equal texts once. The texts of a dictionary-encoded column are slices of the same memory, so that neither the memory nor the time grows with the number
    /// of rows times the length of a text.
    /// </summary>
    private sealed class TextPool
    {
        private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
        private readonly Dictionary<ReadOnlyMemory<char>, string> _slices = [];

        /// <summary>Adds the texts of a row group.</summary>
        public void Add(RawColumnData<ReadOnlyMemory<char>> values, bool isNullable, List<string?> texts)
        {
            _slices.Clear();
            if (isNullable)
            {
                foreach (ReadOnlyMemory<char>? value in values.NullableValues)
                    texts.Add(value is { } there ? TextOf(there) : null);
                return;
            }

            foreach (ReadOnlyMemory<char> value in values.Values)
                texts.Add(TextOf(value));
        }

        private string TextOf(ReadOnlyMemory<char> slice)
        {
            if (_slices.TryGetValue(slice, out string? text))
                return text;
            HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
            if (!lookup.TryGetValue(slice.Span, out text))
                _texts.Add(text = slice.ToString());
            _slices.Add(slice, text);
            return text;
        }
    }
}
