using System.Globalization;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>What the cells of a column are.</summary>
public enum ColumnType
{
    /// <summary>Numbers.</summary>
    Number,

    /// <summary>Texts: categories, names.</summary>
    Text,

    /// <summary>Truth values.</summary>
    Boolean,

    /// <summary>Dates, with a time of day or without.</summary>
    Date,
}

/// <summary>A column of a table: a name, and a cell for each row, which may be missing. It does not change.</summary>
public sealed class TabularColumn
{
    private const int NoCode = -1;

    private readonly double[] _numbers = [];
    private readonly DateTime?[] _dates = [];
    private readonly int[] _codes = [];

    private TabularColumn(string name, ColumnType type, int count)
    {
        ArgumentNullException.ThrowIfNull(name);
        (Name, Type, Count) = (name, type, count);
    }

    private TabularColumn(string name, double[] numbers, ColumnType type)
        : this(name, type, numbers.Length) => _numbers = numbers;

    private TabularColumn(string name, DateTime?[] dates)
        : this(name, ColumnType.Date, dates.Length) => _dates = dates;

    private TabularColumn(string name, int[] codes, string[] distinct)
        : this(name, ColumnType.Text, codes.Length) => (_codes, Distinct) = (codes, distinct);

    /// <summary>What the column is called.</summary>
    public string Name { get; }

    /// <summary>What its cells are.</summary>
    public ColumnType Type { get; }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>Number of rows in which the cell is missing.</summary>
    public int MissingCount => Enumerable.Range(0, Count).Count(IsMissing);

    /// <summary>The texts of a column of texts, each once; <see cref="Code"/> says which one a row has.</summary>
    internal string[] Distinct { get; } = [];

    /// <summary>A column of numbers.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values">The numbers; NaN where one is missing.</param>
    /// <exception cref="ArgumentException">A number is infinite.</exception>
    public static TabularColumn Numbers(string name, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] numbers = [.. values];
        int infinite = Array.FindIndex(numbers, double.IsInfinity);
        return infinite < 0
            ? new(name, numbers, ColumnType.Number)
            : throw new ArgumentException($"column \"{name}\", row {infinite}: the number is infinite; use NaN for one that is missing", nameof(values));
    }

    /// <summary>A column of texts.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values">The texts; null where one is missing.</param>
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

    /// <summary>A column of truth values.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values">The values; null where one is missing.</param>
    public static TabularColumn Booleans(string name, IReadOnlyList<bool?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(name, [.. values.Select(value => value is { } flag ? flag ? 1.0 : 0 : double.NaN)], ColumnType.Boolean);
    }

    /// <summary>A column of dates. Their <see cref="DateTime.Kind"/> does not matter.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values">The dates; null where one is missing.</param>
    public static TabularColumn Dates(string name, IReadOnlyList<DateTime?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(name, [.. values]);
    }

    /// <summary>A column of values whose types say what it is: numbers, texts, truth values or dates; enumerations and identifiers are texts.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values">The values, all of one kind; null, <see cref="DBNull"/>, NaN or a null of JSON where one is missing.</param>
    /// <exception cref="ArgumentException">Values are of different kinds, or one is of a type that no column holds.</exception>
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
                throw new ArgumentException($"column \"{name}\": row {first} has a value of type {values[first]!.GetType().Name}, row {row} one of type {values[row]!.GetType().Name}", nameof(values));
        }

        return cells[first] switch
        {
            double => Numbers(name, [.. cells.Select(cell => cell as double? ?? double.NaN)]),
            bool => Booleans(name, [.. cells.Select(cell => cell as bool?)]),
            DateTime => Dates(name, [.. cells.Select(cell => cell as DateTime?)]),
            string => Texts(name, [.. cells.Select(cell => cell as string)]),
            var other => throw new ArgumentException($"column \"{name}\", row {first}: a value of type {other!.GetType().Name} is no number, text, truth value or date", nameof(values)),
        };
    }

    /// <summary>Whether the cell of a row is missing.</summary>
    /// <param name="row">0 to <c>Count − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public bool IsMissing(int row) => Type switch
    {
        ColumnType.Text => Guard.At(_codes, row) == NoCode,
        ColumnType.Date => Guard.At(_dates, row) is null,
        _ => double.IsNaN(Guard.At(_numbers, row)),
    };

    /// <summary>The cell of a row as text, the same in every culture: numbers with all their digits, dates as ISO 8601 writes them; null where it is missing.</summary>
    /// <param name="row">0 to <c>Count − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public string? GetText(int row) => IsMissing(row) ? null : Type switch
    {
        ColumnType.Text => Distinct[_codes[row]],
        ColumnType.Date => CellText.Of(_dates[row]!.Value),
        ColumnType.Boolean => CellText.Of(_numbers[row] != 0),
        _ => CellText.Of(_numbers[row]),
    };

    /// <summary>The cell of a row as a number, a truth value as 1 or 0; NaN where it is missing.</summary>
    /// <param name="row">0 to <c>Count − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException">The cell is a date, or a text that is no number.</exception>
    public double GetNumber(int row) => Type switch
    {
        ColumnType.Number or ColumnType.Boolean => Guard.At(_numbers, row),
        _ when IsMissing(row) => double.NaN,
        _ => CellText.TryNumber(GetText(row)!, out double number) ? number : throw Unfit(row, "number"),
    };

    /// <summary>The cell of a row as a truth value; null where it is missing.</summary>
    internal bool? GetBoolean(int row) => IsMissing(row) ? null
        : CellText.Boolean(GetText(row)!) is { } flag ? flag
        : throw Unfit(row, "truth value");

    /// <summary>The cell of a row as a date; null where it is missing.</summary>
    internal DateTime? GetDate(int row)
    {
        if (Type == ColumnType.Date)
            return Guard.At(_dates, row);
        if (IsMissing(row))
            return null;
        return CellText.TryDate(GetText(row)!, out DateTime date) ? date : throw Unfit(row, "date");
    }

    /// <summary>Which of <see cref="Distinct"/> a row has; negative where the cell is missing. Of a column of texts.</summary>
    internal int Code(int row) => _codes[row];

    /// <summary>Some of the rows, in a given order.</summary>
    internal TabularColumn Rows(ReadOnlySpan<int> rows)
    {
        return Type switch
        {
            ColumnType.Text => new(Name, Pick(_codes, rows), Distinct),
            ColumnType.Date => new(Name, Pick(_dates, rows)),
            _ => new(Name, Pick(_numbers, rows), Type),
        };

        static T[] Pick<T>(T[] cells, ReadOnlySpan<int> rows)
        {
            var picked = new T[rows.Length];
            for (int i = 0; i < picked.Length; i++)
                picked[i] = Guard.At(cells, rows[i]);
            return picked;
        }
    }

    private ArgumentException Unfit(int row, string kind) => new(string.Create(
        CultureInfo.InvariantCulture, $"column \"{Name}\", row {row}: {MessageText.Quote(GetText(row))} is no {kind}"));

    /// <summary>A value as a double, text, truth value or date; null where it is missing, itself where it is none of these.</summary>
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
