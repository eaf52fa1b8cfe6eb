using System.Globalization;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>A column of a table: a name and one cell for each row. A cell can be missing. The column is immutable.</summary>
public sealed class TabularColumn
{
    private const int NoCode = -1;

    private readonly double[] _numbers = [];
    private readonly DateTime?[] _dates = [];
    private readonly int[] _codes = [];
    private readonly string _trueText = CellText.Of(true), _falseText = CellText.Of(false);

    private TabularColumn(string name, ColumnType type, int count)
    {
        ArgumentNullException.ThrowIfNull(name);
        (Name, Type, Count) = (name, type, count);
    }

    private TabularColumn(string name, double[] numbers)
        : this(name, ColumnType.Number, numbers.Length) => _numbers = numbers;

    private TabularColumn(string name, double[] flags, string trueText, string falseText)
        : this(name, ColumnType.Boolean, flags.Length) => (_numbers, _trueText, _falseText) = (flags, trueText, falseText);

    private TabularColumn(string name, DateTime?[] dates)
        : this(name, ColumnType.Date, dates.Length) => _dates = dates;

    private TabularColumn(string name, int[] codes, string[] distinct)
        : this(name, ColumnType.Text, codes.Length) => (_codes, Distinct) = (codes, distinct);

    /// <summary>The name of the column.</summary>
    public string Name { get; }

    /// <summary>The type of the cells.</summary>
    public ColumnType Type { get; }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>The number of missing cells.</summary>
    public int MissingCount => Enumerable.Range(0, Count).Count(IsMissing);

    /// <summary>Where the rows come from; null if they do not come from a file.</summary>
    internal RowSource? Source { get; private init; }

    /// <summary>The distinct texts of a text column; <see cref="Code"/> is the index of the text of a row.</summary>
    internal string[] Distinct { get; } = [];

    /// <summary>Returns name, type and numbers of rows and missing cells, such as "age: Number, 4,000 rows, 198 missing".</summary>
    public override string ToString()
    {
        string missing = MissingCount is > 0 and var count ? string.Create(CultureInfo.InvariantCulture, $", {count:N0} missing") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Name}: {Type}, {Count:N0} rows{missing}");
    }

    /// <summary>Creates a column of numbers.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="values">The numbers; NaN for a missing one.</param>
    /// <exception cref="ArgumentException">A number is infinite.</exception>
    public static TabularColumn Numbers(string name, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] numbers = [.. values];
        int infinite = Array.FindIndex(numbers, double.IsInfinity);
        return infinite < 0
            ? new(name, numbers)
            : throw new ArgumentException($"column {MessageText.Quote(name)}, row {infinite}: the number is infinite; use NaN for a missing number", nameof(values));
    }

    /// <summary>Creates a column of texts.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="values">The texts; null for a missing one.</param>
    public static TabularColumn Texts(string name, IReadOnlyList<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var codes = new int[values.Count];
        for (int row = 0; row < codes.Length; row++)
        {
            codes[row] = NoCode;
            if (values[row] is { } text && !places.TryGetValue(text, out codes[row]))
                places.Add(text, codes[row] = places.Count);
        }

        return new(name, codes, [.. places.Keys]);
    }

    /// <summary>Creates a column of Boolean values.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="values">The values; null for a missing one.</param>
    public static TabularColumn Booleans(string name, IReadOnlyList<bool?> values) => Booleans(name, values, CellText.Of(true), CellText.Of(false));

    /// <summary>Creates a column of Boolean values whose texts are the words of a file, for example "yes" and "no".</summary>
    internal static TabularColumn Booleans(string name, IReadOnlyList<bool?> values, string trueText, string falseText)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(name, [.. values.Select(value => value is { } flag ? flag ? 1.0 : 0 : double.NaN)], trueText, falseText);
    }

    /// <summary>Creates a column of dates. Their <see cref="DateTime.Kind"/> is ignored.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="values">The dates; null for a missing one.</param>
    public static TabularColumn Dates(string name, IReadOnlyList<DateTime?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(name, [.. values]);
    }

    /// <summary>
    /// Creates a column from objects. Their .NET type determines the type of the column: numbers, texts, Boolean values or dates. Enumeration values,
    /// characters and <see cref="Guid"/>s become texts.
    /// </summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="values">The values, all of one type; null, <see cref="DBNull"/>, NaN or a JSON null for a missing one.</param>
    /// <exception cref="ArgumentException">The values have different types, or a type that is not supported.</exception>
    public static TabularColumn Create(string name, IReadOnlyList<object?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        object?[] cells = [.. values.Select(Plain)];
        int first = Array.FindIndex(cells, cell => cell is not null);
        if (first < 0)
            return Texts(name, new string?[cells.Length]);
        for (int row = first; row < cells.Length; row++)
        {
            if (cells[row] is { } cell && cell.GetType() != cells[first]!.GetType())
                throw new ArgumentException($"column {MessageText.Quote(name)}: row {first} has a value of type {values[first]!.GetType().Name}, row {row} has a value of type {values[row]!.GetType().Name}; use one type for all rows", nameof(values));
        }

        return cells[first] switch
        {
            double => Numbers(name, [.. cells.Select(cell => cell as double? ?? double.NaN)]),
            bool => Booleans(name, [.. cells.Select(cell => cell as bool?)]),
            DateTime => Dates(name, [.. cells.Select(cell => cell as DateTime?)]),
            string => Texts(name, [.. cells.Select(cell => cell as string)]),
            var other => throw new ArgumentException($"column {MessageText.Quote(name)}, row {first}: a value of type {other!.GetType().Name} is not a number, text, boolean or date", nameof(values)),
        };
    }

    /// <summary>Returns whether the cell of a row is missing.</summary>
    /// <param name="row">0 to <c>Count − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="row"/> is out of range.</exception>
    public bool IsMissing(int row) => Type switch
    {
        ColumnType.Text => Guard.At(_codes, row) == NoCode,
        ColumnType.Date => Guard.At(_dates, row) is null,
        _ => double.IsNaN(Guard.At(_numbers, row)),
    };

    /// <summary>
    /// Returns the cell of a row as text, in the invariant culture: a number with all digits, a date in ISO 8601, a Boolean value as "true" or "false" or with
    /// the words of the file that it was read from. Null for a missing cell.
    /// </summary>
    /// <param name="row">0 to <c>Count − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="row"/> is out of range.</exception>
    public string? GetText(int row) => IsMissing(row) ? null : Type switch
    {
        ColumnType.Text => Distinct[_codes[row]],
        ColumnType.Date => CellText.Of(_dates[row]!.Value),
        ColumnType.Boolean => _numbers[row] != 0 ? _trueText : _falseText,
        _ => CellText.Of(_numbers[row]),
    };

    /// <summary>Returns the cell of a row as a number: a Boolean value as 1 or 0, a missing cell as NaN.</summary>
    /// <param name="row">0 to <c>Count − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="row"/> is out of range.</exception>
    /// <exception cref="ArgumentException">The cell is a date, or a text that is not a number.</exception>
    public double GetNumber(int row) => Type switch
    {
        ColumnType.Number or ColumnType.Boolean => Guard.At(_numbers, row),
        _ when IsMissing(row) => double.NaN,
        _ => CellText.TryNumber(GetText(row)!, out double number) ? number : throw Unfit(row, ColumnType.Number),
    };

    /// <summary>Returns the cell of a row as a Boolean value; null for a missing cell.</summary>
    internal bool? GetBoolean(int row) => IsMissing(row) ? null
        : CellText.Boolean(GetText(row)!) is { } flag ? flag
        : throw Unfit(row, ColumnType.Boolean);

    /// <summary>Returns the cell of a row as a date; null for a missing cell.</summary>
    internal DateTime? GetDate(int row)
    {
        if (Type == ColumnType.Date)
            return Guard.At(_dates, row);
        if (IsMissing(row))
            return null;
        return CellText.TryDate(GetText(row)!, out DateTime date) ? date : throw Unfit(row, ColumnType.Date);
    }

    /// <summary>Returns the index in <see cref="Distinct"/> of a row's text, of a text column; negative for a missing cell.</summary>
    internal int Code(int row) => _codes[row];

    /// <summary>Some of the rows, in a given order.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="source">Where these rows come from.</param>
    internal TabularColumn Rows(ReadOnlySpan<int> rows, RowSource? source)
    {
        return Type switch
        {
            ColumnType.Text => new(Name, Pick(_codes, rows), Distinct) { Source = source },
            ColumnType.Date => new(Name, Pick(_dates, rows)) { Source = source },
            ColumnType.Boolean => new(Name, Pick(_numbers, rows), _trueText, _falseText) { Source = source },
            _ => new(Name, Pick(_numbers, rows)) { Source = source },
        };

        static T[] Pick<T>(T[] cells, ReadOnlySpan<int> rows)
        {
            var picked = new T[rows.Length];
            for (int i = 0; i < picked.Length; i++)
                picked[i] = Guard.At(cells, rows[i]);
            return picked;
        }
    }

    /// <summary>The column with its rows' places in a file.</summary>
    internal TabularColumn From(RowSource source) => Type switch
    {
        ColumnType.Text => new(Name, _codes, Distinct) { Source = source },
        ColumnType.Date => new(Name, _dates) { Source = source },
        ColumnType.Boolean => new(Name, _numbers, _trueText, _falseText) { Source = source },
        _ => new(Name, _numbers) { Source = source },
    };

    /// <summary>A cell as messages name it: by file and line if they are known, else by its row.</summary>
    internal string Place(int row)
    {
        string column = $"column {MessageText.Quote(Name)}";
        return Source is { } source ? $"{source.Place(row)}, {column}" : string.Create(CultureInfo.InvariantCulture, $"{column}, row {row}");
    }

    private ArgumentException Unfit(int row, ColumnType type) => new($"{Place(row)}: {MessageText.Quote(GetText(row))} is not a {type.Name()}");

    /// <summary>Converts a value to a double, string, Boolean value or date. A missing value becomes null; other types are returned unchanged.</summary>
    private static object? Plain(object? value) => value switch
    {
        null or DBNull => null,
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        JsonElement { ValueKind: JsonValueKind.Number } json => json.GetDouble(),
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString(),
        JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } json => json.GetBoolean(),
        string or bool or DateTime => value,
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        DateTimeOffset time => time.UtcDateTime,
        Enum or char or Guid => value.ToString(),
        double number => double.IsNaN(number) ? null : number,
        float number => float.IsNaN(number) ? null : (double)number,
        IConvertible number => number.ToDouble(CultureInfo.InvariantCulture),
        Half number => Half.IsNaN(number) ? null : (double)number,
        _ => value,
    };
}
