namespace NeuralNetFromScratch.Tables;

/// <summary>Reads the rows of a CSV file twice: first to infer the types, then to fill the columns.</summary>
internal sealed class CsvReading
{
    private readonly Func<TextReader> _open;
    private readonly string _file;
    private readonly CsvOptions _options;
    private readonly CsvLayout _layout;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _missing;

    public CsvReading(Func<TextReader> open, string file, CsvOptions options, CsvLayout layout)
    {
        (_open, _file, _options, _layout) = (open, file, options, layout);
        _missing = new HashSet<string>(options.MissingMarkers, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public TabularData Run()
    {
        TypeGuess[] guesses = [.. _layout.Names.Select(name => new TypeGuess(_options.Types.TryGetValue(name, out ColumnType type) ? type : null))];
        if (guesses.Any(guess => guess.IsOpen))
            ForEachCell((row, column, cell, isMissing) => guesses[column].See(cell, isMissing, _options));
        ColumnFiller[] fillers = [.. _layout.Names.Zip(guesses, (name, guess) => ColumnFiller.Of(name, guess.Type))];
        List<int> lines = [];
        ForEachCell((row, column, cell, isMissing) =>
        {
            if (column == 0)
                lines.Add(row.Line);
            if (isMissing)
                fillers[column].AddMissing();
            else if (!fillers[column].TryAdd(cell, _options))
                throw row.Wrong(column, _layout.Names[column], $"{MessageText.Quote(cell.ToString())} is not a {guesses[column].Type.Name()}");
        });
        var source = new RowSource(_file, "line", [.. lines]);
        return new([.. fillers.Select(filler => filler.Finish().From(source))]);
    }

    private void ForEachCell(CellAction action)
    {
        using TextReader text = _open();
        bool isHeader = _layout.HasHeader, hasRows = false;
        foreach (CsvRow row in CsvRow.Of(text, _layout.Separator, _layout.SkipsSeparatorLine, _file))
        {
            if (isHeader)
            {
                isHeader = false;
                continue;
            }

            hasRows = true;
            if (row.Count != _layout.Names.Length)
                throw row.Wrong($"expected {_layout.Names.Length} cells, as in the first line, got {row.Count}");
            for (int column = 0; column < _layout.Names.Length; column++)
            {
                ReadOnlySpan<char> cell = row.Cell(column, _layout.Names[column], out bool isQuoted);
                action(row, column, cell, cell.IsEmpty || (!isQuoted && _missing.Contains(cell)));
            }
        }

        if (!hasRows)
            throw new InvalidDataException($"{MessageText.Escape(_file)} has a header, but no rows");
    }

    private delegate void CellAction(CsvRow row, int column, ReadOnlySpan<char> cell, bool isMissing);
}

/// <summary>Collects the cells of a column in order.</summary>
internal abstract class ColumnFiller
{
    public static ColumnFiller Of(string name, ColumnType type) => type switch
    {
        ColumnType.Number => new NumberFiller(name),
        ColumnType.Boolean => new BooleanFiller(name),
        ColumnType.Date => new DateFiller(name),
        _ => new TextFiller(name),
    };

    public abstract bool TryAdd(ReadOnlySpan<char> cell, CsvOptions options);

    public abstract void AddMissing();

    public abstract TabularColumn Finish();

    private sealed class NumberFiller(string name) : ColumnFiller
    {
        private readonly List<double> _values = [];

        public override bool TryAdd(ReadOnlySpan<char> cell, CsvOptions options)
        {
            bool isNumber = CsvText.TryNumber(cell, options.Culture, asked: true, out double number);
            _values.Add(number);
            return isNumber;
        }

        public override void AddMissing() => _values.Add(double.NaN);

        public override TabularColumn Finish() => TabularColumn.Numbers(name, _values);
    }

    private sealed class BooleanFiller(string name) : ColumnFiller
    {
        private readonly List<bool?> _values = [];
        private string? _trueText, _falseText;

        public override bool TryAdd(ReadOnlySpan<char> cell, CsvOptions options)
        {
            bool isBoolean = CsvText.TryBoolean(cell, asked: true, out bool value);
            _values.Add(value);
            if (value)
                _trueText ??= cell.ToString();
            else
                _falseText ??= cell.ToString();
            return isBoolean;
        }

        public override void AddMissing() => _values.Add(null);

        public override TabularColumn Finish() => TabularColumn.Booleans(name, _values, _trueText ?? "true", _falseText ?? "false");
    }

    private sealed class DateFiller(string name) : ColumnFiller
    {
        private readonly List<DateTime?> _values = [];

        public override bool TryAdd(ReadOnlySpan<char> cell, CsvOptions options)
        {
            bool isDate = CsvText.TryDate(cell, options.Culture, out DateTime date);
            _values.Add(date);
            return isDate;
        }

        public override void AddMissing() => _values.Add(null);

        public override TabularColumn Finish() => TabularColumn.Dates(name, _values);
    }

    /// <summary>Stores equal texts once.</summary>
    private sealed class TextFiller : ColumnFiller
    {
        private readonly string _name;
        private readonly List<string?> _values = [];
        private readonly HashSet<string> _pool = new(StringComparer.Ordinal);
        private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

        public TextFiller(string name)
        {
            _name = name;
            _lookup = _pool.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public override bool TryAdd(ReadOnlySpan<char> cell, CsvOptions options)
        {
            if (!_lookup.TryGetValue(cell, out string? text))
                _pool.Add(text = cell.ToString());
            _values.Add(text);
            return true;
        }

        public override void AddMissing() => _values.Add(null);

        public override TabularColumn Finish() => TabularColumn.Texts(_name, _values);
    }
}
