using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>A table in memory with columns of numbers, texts, Boolean values and dates, in which cells can be missing. It is immutable.</summary>
public sealed class TabularData
{
    private const int MostShownRows = 5;

    private readonly TabularColumn[] _columns;
    private readonly Dictionary<string, TabularColumn> _byName = new(StringComparer.Ordinal);

    /// <summary>Creates a table from columns.</summary>
    /// <param name="columns">The columns, at least one, with different names and the same number of rows.</param>
    /// <exception cref="ArgumentException">There is no column, one is null, two have the same name, or their numbers of rows differ.</exception>
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
                throw new ArgumentException($"column {MessageText.Quote(column.Name)} has {column.Count} rows, column {MessageText.Quote(_columns[0].Name)} has {_columns[0].Count}", nameof(columns));
            if (!_byName.TryAdd(column.Name, column))
                throw new ArgumentException($"two columns have the name {MessageText.Quote(column.Name)}", nameof(columns));
        }
    }

    /// <summary>The number of rows.</summary>
    public int RowCount => _columns[0].Count;

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<TabularColumn> Columns => _columns;

    /// <summary>Gets a column by its name.</summary>
    /// <param name="name">The name. Uppercase and lowercase letters differ.</param>
    /// <exception cref="ArgumentException">The table has no such column. The message lists its columns.</exception>
    public TabularColumn this[string name] => Column(name, nameof(name));

    /// <summary>Creates a table from rows of named cells, such as JSON objects. The columns are in the order in which they first occur.</summary>
    /// <param name="rows">The rows, with values as in <see cref="TabularColumn.Create"/>. A name that a row does not contain is a missing cell.</param>
    /// <exception cref="ArgumentException">There is no row or column, or a column has values of different types.</exception>
    public static TabularData FromRows(params IReadOnlyList<IReadOnlyDictionary<string, object?>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Contains(null!))
            throw new ArgumentException("a row is null", nameof(rows));
        string[] names = [.. rows.SelectMany(row => row.Keys).Distinct(StringComparer.Ordinal)];
        return new([.. names.Select(name => TabularColumn.Create(name, [.. rows.Select(row => row.GetValueOrDefault(name))]))]);
    }

    /// <summary>Creates a table from objects and a function for each column that returns its cells. No reflection is used.</summary>
    /// <param name="rows">The objects.</param>
    /// <param name="columns">The name of each column, and the function that returns the cell of an object, a value as in <see cref="TabularColumn.Create"/>.</param>
    /// <exception cref="ArgumentException">There is no column, or a column has values of different types.</exception>
    public static TabularData FromObjects<T>(IEnumerable<T> rows, params IReadOnlyList<(string Name, Func<T, object?> Value)> columns)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        T[] objects = [.. rows];
        return new([.. columns.Select(column => TabularColumn.Create(
            column.Name, [.. objects.Select(column.Value ?? throw new ArgumentException($"column {MessageText.Quote(column.Name)} has no function", nameof(columns)))]))]);
    }

    /// <summary>Returns whether the table has a column with a name.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Returns a table of some of the rows, in a given order.</summary>
    /// <param name="rows">The rows, each 0 to <c>RowCount − 1</c>. A row can occur several times.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row is out of range.</exception>
    public TabularData Subset(ReadOnlySpan<int> rows)
    {
        var columns = new TabularColumn[_columns.Length];
        // The columns of one file have one source.
        RowSource? source = null, places = null;
        for (int i = 0; i < columns.Length; i++)
        {
            if (!ReferenceEquals(_columns[i].Source, source))
                (source, places) = (_columns[i].Source, _columns[i].Source?.Rows(rows));
            columns[i] = _columns[i].Rows(rows, places);
        }

        return new(columns);
    }

    /// <summary>Returns a table without some of the columns.</summary>
    /// <param name="names">The names of the columns to leave out.</param>
    /// <exception cref="ArgumentException">The table has no such column, or no column is left.</exception>
    public TabularData Without(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        HashSet<TabularColumn> dropped = [.. names.Select(name => Column(name, nameof(names)))];
        return new([.. _columns.Where(column => !dropped.Contains(column))]);
    }

    /// <summary>Returns a table of the rows in which no cell of some columns is missing, for example the rows that have a target.</summary>
    /// <param name="names">The names of the columns.</param>
    /// <exception cref="ArgumentException">The table has no such column.</exception>
    public TabularData DropMissing(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        TabularColumn[] columns = [.. names.Select(name => Column(name, nameof(names)))];
        return Subset([.. Enumerable.Range(0, RowCount).Where(row => columns.All(column => !column.IsMissing(row)))]);
    }

    /// <summary>Splits the rows at random, optionally stratified by a column: both parts then have the same proportion of each of its values.</summary>
    /// <param name="fraction">The fraction of the rows to hold out, 0 to 1, rounded to whole rows.</param>
    /// <param name="stratifyBy">The column to stratify by, usually the target; null for no stratification.</param>
    /// <param name="seed">The seed of the selection.</param>
    /// <returns>The remaining rows and the rows held out, in the order of this table.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not 0 to 1.</exception>
    /// <exception cref="ArgumentException">The table has no such column.</exception>
    public (TabularData Remaining, TabularData HeldOut) Split(double fraction, string? stratifyBy = null, ulong seed = 0)
    {
        Guard.Share(fraction, nameof(fraction));
        var labels = new int[RowCount];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        if (stratifyBy is not null)
        {
            TabularColumn column = Column(stratifyBy, nameof(stratifyBy));
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

    /// <summary>Returns a column by its name, which the caller got in a parameter.</summary>
    internal TabularColumn Column(string name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        return _byName.TryGetValue(name, out TabularColumn? column) ? column : throw new ArgumentException(
            $"the table has no column {MessageText.Quote(name)}; it has {MessageText.Names([.. _columns.Select(other => other.Name)])}", parameter);
    }

    /// <summary>Returns the number of rows and a table of the columns: type, number of missing cells, first values.</summary>
    public override string ToString()
    {
        List<string[]> lines = [["column", "type", "missing", "first values"]];
        foreach (TabularColumn column in _columns)
        {
            string values = string.Join(", ", Enumerable.Range(0, Math.Min(RowCount, MostShownRows)).Select(row => TextTable.Cell(column.GetText(row) ?? "–")));
            lines.Add([MessageText.Of(column.Name), column.Type.Name(), column.MissingCount.ToString("N0", CultureInfo.InvariantCulture), values]);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{RowCount:N0} {(RowCount == 1 ? "row" : "rows")}\n{TextTable.Of(lines)}");
    }
}
