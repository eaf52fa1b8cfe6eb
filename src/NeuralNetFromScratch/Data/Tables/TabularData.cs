using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>A table in memory: columns of numbers, texts, truth values and dates, with holes or without. It does not change.</summary>
public sealed class TabularData
{
    private const int MostShownRows = 5, MostShownCharacters = 20;

    private readonly TabularColumn[] _columns;
    private readonly Dictionary<string, TabularColumn> _byName = new(StringComparer.Ordinal);

    /// <summary>A table of some columns.</summary>
    /// <param name="columns">At least one; of different names and as many rows each.</param>
    /// <exception cref="ArgumentException">There is no column, one is null, two have the same name, or they differ in their number of rows.</exception>
    public TabularData(params IReadOnlyList<TabularColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Count == 0)
            throw new ArgumentException("a table needs at least one column", nameof(columns));
        _columns = [.. columns];
        foreach (TabularColumn column in _columns)
        {
            if (column is null)
                throw new ArgumentException("a column is null", nameof(columns));
            if (column.Count != _columns[0].Count)
                throw new ArgumentException($"column \"{column.Name}\" has {column.Count} rows, column \"{_columns[0].Name}\" {_columns[0].Count}", nameof(columns));
            if (!_byName.TryAdd(column.Name, column))
                throw new ArgumentException($"two columns are called \"{column.Name}\"", nameof(columns));
        }
    }

    /// <summary>Number of rows.</summary>
    public int RowCount => _columns[0].Count;

    /// <summary>The columns, first to last.</summary>
    public IReadOnlyList<TabularColumn> Columns => _columns;

    /// <summary>A column by its name.</summary>
    /// <param name="name">The name, with the same letters in the same case.</param>
    /// <exception cref="ArgumentException">There is no such column; the message names those that there are.</exception>
    public TabularColumn this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            return _byName.TryGetValue(name, out TabularColumn? column) ? column : throw new ArgumentException(
                $"the table has no column \"{name}\"; it has {string.Join(", ", _columns.Select(other => $"\"{other.Name}\""))}", nameof(name));
        }
    }

    /// <summary>A table of rows that name their cells, as JSON objects and records of a database do. Columns come in the order in which they first occur.</summary>
    /// <param name="rows">The rows; see <see cref="TabularColumn.Create"/> for values. A cell that a row does not name is missing.</param>
    /// <exception cref="ArgumentException">There is no row or column, or a column has values of different kinds.</exception>
    public static TabularData FromRows(params IReadOnlyList<IReadOnlyDictionary<string, object?>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Contains(null!))
            throw new ArgumentException("a row is null", nameof(rows));
        string[] names = [.. rows.SelectMany(row => row.Keys).Distinct(StringComparer.Ordinal)];
        return new([.. names.Select(name => TabularColumn.Create(name, [.. rows.Select(row => row.GetValueOrDefault(name))]))]);
    }

    /// <summary>A table of objects, by functions that give the cells of each column: no reflection is used.</summary>
    /// <param name="rows">The objects.</param>
    /// <param name="columns">The columns: what each is called, and what an object has in it; see <see cref="TabularColumn.Create"/> for values.</param>
    /// <exception cref="ArgumentException">There is no column, or one has values of different kinds.</exception>
    public static TabularData FromObjects<T>(IEnumerable<T> rows, params IReadOnlyList<(string Name, Func<T, object?> Value)> columns)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        T[] objects = [.. rows];
        return new([.. columns.Select(column => TabularColumn.Create(
            column.Name, [.. objects.Select(column.Value ?? throw new ArgumentException($"column \"{column.Name}\" has no function", nameof(columns)))]))]);
    }

    /// <summary>Whether there is a column of some name.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Some of the rows, in a given order.</summary>
    /// <param name="rows">The rows, each 0 to <c>RowCount − 1</c>; one may occur several times.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public TabularData Subset(ReadOnlySpan<int> rows)
    {
        var columns = new TabularColumn[_columns.Length];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = _columns[i].Rows(rows);
        return new(columns);
    }

    /// <summary>The table without some of its columns.</summary>
    /// <param name="names">Their names.</param>
    /// <exception cref="ArgumentException">There is no such column, or none is left.</exception>
    public TabularData Without(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        HashSet<TabularColumn> dropped = [.. names.Select(name => this[name])];
        return new([.. _columns.Where(column => !dropped.Contains(column))]);
    }

    /// <summary>The rows in which none of some columns is missing: rows without a target teach nothing.</summary>
    /// <param name="names">The columns' names.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public TabularData DropMissing(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        TabularColumn[] columns = [.. names.Select(name => this[name])];
        return Subset([.. Enumerable.Range(0, RowCount).Where(row => columns.All(column => !column.IsMissing(row)))]);
    }

    /// <summary>Holds out a fraction of the rows, chosen at random; in proportion to the values of a column where one is named (a stratified split).</summary>
    /// <param name="fraction">The fraction, 0 to 1, rounded to whole rows.</param>
    /// <param name="stratifyBy">The column, such as the class to predict; null where rows are chosen without regard to one.</param>
    /// <param name="seed">Seed of the choice: one seed gives one choice.</param>
    /// <returns>The rows that remain and those held out, each in their order in this table.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not 0 to 1.</exception>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public (TabularData Remaining, TabularData HeldOut) Split(double fraction, string? stratifyBy = null, ulong seed = 0)
    {
        Guard.Share(fraction, nameof(fraction));
        var labels = new int[RowCount];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        if (stratifyBy is not null)
        {
            TabularColumn column = this[stratifyBy];
            for (int row = 0; row < RowCount; row++)
            {
                string value = column.GetText(row) ?? "";
                if (!places.TryGetValue(value, out labels[row]))
                    places.Add(value, labels[row] = places.Count);
            }
        }

        (SubsetDataset remaining, SubsetDataset heldOut) = Dataset.FromArrays(new float[RowCount], [1], labels, Math.Max(places.Count, 1)).Split(fraction, seed);
        return (Subset([.. remaining.Indices]), Subset([.. heldOut.Indices]));
    }

    /// <summary>The number of rows, each column with its type and holes, and the first rows.</summary>
    public override string ToString()
    {
        List<string[]> lines = [["column", "type", "missing", "first values"]];
        foreach (TabularColumn column in _columns)
        {
            string values = string.Join(", ", Enumerable.Range(0, Math.Min(RowCount, MostShownRows)).Select(row => Shorten(column.GetText(row) ?? "–")));
            lines.Add([column.Name, TypeName(column.Type), column.MissingCount.ToString("N0", CultureInfo.InvariantCulture), values]);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{RowCount:N0} {(RowCount == 1 ? "row" : "rows")}\n{TextTable.Of(lines)}");
    }

    internal static string TypeName(ColumnType type) => type switch
    {
        ColumnType.Number => "number",
        ColumnType.Text => "text",
        ColumnType.Boolean => "boolean",
        _ => "date",
    };

    private static string Shorten(string text) => text.Length <= MostShownCharacters ? text : $"{text[..MostShownCharacters]}…";
}

/// <summary>Lines of cells as text in columns.</summary>
internal static class TextTable
{
    public static string Of(IReadOnlyList<string[]> lines)
    {
        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length))];
        var text = new StringBuilder();
        foreach (string[] line in lines)
            text.Append(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        return text.ToString();
    }
}
