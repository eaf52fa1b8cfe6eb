using System.Text;

namespace NeuralNetFromScratch.Tables;

/// <summary>Reads rows of a table by their index. Consecutive rows are read together. Several threads can read at the same time.</summary>
internal sealed class CsvRows
{
    private readonly CsvTable _table;
    private readonly CsvOptions _options;
    private readonly Encoding _encoding;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _missing;
    private readonly Dictionary<string, int> _places;
    private ColumnType[] _types;

    public CsvRows(CsvTable table, CsvOptions options)
    {
        (_table, _options, _encoding) = (table, options, CsvFile.EncodingOf(options));
        _missing = new HashSet<string>(options.MissingMarkers, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _places = table.Layout.Names.Select((name, place) => (name, place)).ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);
        _types = [.. table.Layout.Names.Select(name => options.Types.TryGetValue(name, out ColumnType type) ? type : ColumnType.Text)];
    }

    /// <summary>The settings that determine the cells in addition to the files.</summary>
    public string Settings => DatasetFingerprint.Combine([string.Join(' ', _types), $"{_table.Layout.Separator}", _encoding.WebName, _options.Culture.Name, .. _options.MissingMarkers]);

    /// <summary>Infers the types that the options do not specify.</summary>
    public void InferTypes(ReadOnlySpan<int> rows)
    {
        string[] names = _table.Layout.Names;
        TabularData data = Read(rows, names, texts: true);
        _types =
        [
            .. names.Select((name, place) =>
            {
                var guess = new TypeGuess(_options.Types.TryGetValue(name, out ColumnType type) ? type : null);
                for (int row = 0; row < data.RowCount && guess.IsOpen; row++)
                {
                    string? text = data.Columns[place].GetText(row);
                    guess.See(text, text is null, _options);
                }

                return guess.Type;
            }),
        ];
    }

    /// <exception cref="InvalidDataException">A row is malformed. The message names the file and the line.</exception>
    public TabularData Read(ReadOnlySpan<int> rows, string[] columns) => Read(rows, columns, texts: false);

    private TabularData Read(ReadOnlySpan<int> rows, string[] columns, bool texts)
    {
        byte[] bytes = Bytes(rows);
        try
        {
            TabularData data = Parse(bytes, "", 1, columns, texts);
            if (data.RowCount == rows.Length)
                return data;
        }
        catch (Exception exception) when (exception is InvalidDataException or DecoderFallbackException && rows.Length > 1)
        {
            // Reading the rows one by one gives an exception that names the row.
            foreach (int row in rows)
                ReadOne(row, columns, texts);
            throw;
        }

        foreach (int row in rows)
            ReadOne(row, columns, texts);
        throw new InvalidDataException($"{_table.Place(rows[0])}: expected {rows.Length} rows from here on, as when the file was opened");
    }

    private void ReadOne(int row, string[] columns, bool texts)
    {
        string name = _table.Parts.Of(row).File.Name;
        try
        {
            if (Parse(Bytes([row]), name, _table.Line(row), columns, texts).RowCount != 1)
                throw new InvalidDataException($"{_table.Place(row)}: a quotation mark is misplaced");
        }
        catch (DecoderFallbackException exception)
        {
            throw CsvText.WrongEncoding(_table.Place(row), _encoding, exception);
        }
    }

    private TabularData Parse(byte[] bytes, string file, int firstLine, string[] columns, bool texts)
    {
        int[] places = [.. columns.Select(name => _places[name])];
        ColumnFiller[] fillers = [.. columns.Select((name, i) => ColumnFiller.Of(name, texts ? ColumnType.Text : _types[places[i]]))];
        using var text = new StringReader(_encoding.GetString(bytes));
        string[] names = _table.Layout.Names;
        foreach (CsvRow row in CsvRow.Of(text, _table.Layout.Separator, skipsLine: false, file, firstLine))
        {
            if (row.Count != names.Length)
                throw row.Wrong($"expected {names.Length} cells, as in the first line, got {row.Count}");
            for (int i = 0; i < places.Length; i++)
            {
                ReadOnlySpan<char> cell = row.Cell(places[i], columns[i], out bool isQuoted);
                if (cell.IsEmpty || (!isQuoted && _missing.Contains(cell)))
                    fillers[i].AddMissing();
                else if (!fillers[i].TryAdd(cell, _options))
                    throw row.Wrong(places[i], columns[i], $"{MessageText.Quote(cell.ToString())} is not a {_types[places[i]].Name()}, as the rows from which the type was inferred; set {nameof(CsvOptions)}.{nameof(CsvOptions.Types)}");
            }
        }

        return new([.. fillers.Select(filler => filler.Finish())]);
    }

    /// <summary>Returns the bytes of some rows, each with a line break at its end.</summary>
    private byte[] Bytes(ReadOnlySpan<int> rows)
    {
        long length = 0;
        foreach (int row in rows)
            length += 1 + _table.Extent(_table.Parts.Of(row), row - _table.Parts.Of(row).First, 1).Length;
        var bytes = new byte[checked((int)length)];
        int filled = 0;
        DataFile? last = null;
        for (int i = 0, run; i < rows.Length; i += run)
        {
            FilePart part = _table.Parts.Of(rows[i]);
            if (part.File != last)
                part.File.ThrowIfChanged();
            last = part.File;
            for (run = 1; i + run < rows.Length && rows[i + run] == rows[i] + run && rows[i + run] < part.First + part.Count;)
                run++;
            (long offset, long count) = _table.Extent(part, rows[i] - part.First, run);
            last.Read(bytes.AsSpan(filled, (int)count), offset);
            filled += (int)count;
            // The last line of a file may have no line break.
            bytes[filled++] = (byte)'\n';
        }

        return bytes[..filled];
    }
}
