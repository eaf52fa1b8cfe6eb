namespace NeuralNetFromScratch.Tables;

/// <summary>
/// A table whose rows stay in CSV files. <see cref="CsvFile.Open(IReadOnlyList{string}, CsvOptions?)"/> creates it. <see cref="Sample"/> reads some rows, for
/// example to infer a <see cref="TabularPlan"/>. <see cref="ToClasses"/> and <see cref="ToTargets"/> return data sets whose rows are read when they are needed.
/// </summary>
public sealed class CsvTable : IDisposable
{
    private const int MostInferred = 10_000, ChunkRows = 4096;

    private readonly long[] _offsets;
    private readonly int[] _lines;
    private readonly CsvRows _rows;

    private CsvTable(CsvIndex index, CsvOptions options)
    {
        (Parts, _offsets, _lines, Layout) = (index.Parts, [.. index.Offsets], [.. index.Lines], index.Layout);
        _rows = new CsvRows(this, options);
    }

    /// <summary>The number of rows of all files, without headers.</summary>
    public int RowCount => _offsets.Length;

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> ColumnNames => Array.AsReadOnly(Layout.Names);

    internal CsvLayout Layout { get; }

    internal FileParts Parts { get; }

    /// <summary>The settings that determine the cells in addition to the files.</summary>
    internal string Settings => _rows.Settings;

    internal static CsvTable Open(IReadOnlyList<string> paths, CsvOptions options)
    {
        var index = new CsvIndex(options);
        try
        {
            foreach (string path in paths)
                index.Add(path);
            if (index.Parts.Count == 0)
                throw new InvalidDataException("the files have headers, but no rows");
            var table = new CsvTable(index, options);
            table._rows.InferTypes(Spread(table.RowCount, Math.Min(MostInferred, table.RowCount)));
            return table;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Reads some rows into memory.</summary>
    /// <param name="rows">The indices of the rows, at least one, each 0 to <c>RowCount − 1</c>.</param>
    /// <returns>The rows in this order.</returns>
    /// <exception cref="InvalidDataException">A row is malformed, or a file has changed. The message names file and line.</exception>
    /// <exception cref="ArgumentException">There are no indices.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public TabularData Read(params ReadOnlySpan<int> rows) => rows.IsEmpty ? throw new ArgumentException("expected at least one row", nameof(rows)) : _rows.Read(rows, Layout.Names);

    /// <summary>Reads randomly chosen rows into memory, for example to infer a plan.</summary>
    /// <param name="count">The number of rows; all rows if there are fewer. Positive.</param>
    /// <param name="seed">The seed of the selection. Default: 0.</param>
    /// <returns>The rows, in their order in the files.</returns>
    /// <exception cref="InvalidDataException">A row is malformed, or a file has changed. The message names file and line.</exception>
    public TabularData Sample(int count, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        int[] rows = Spread(RowCount, Math.Min(count, RowCount));
        // One row of each interval is drawn, so that no list of all rows must be shuffled.
        var random = new RandomSource(seed);
        for (int i = 0; i < rows.Length; i++)
        {
            int end = i + 1 < rows.Length ? rows[i + 1] : RowCount;
            rows[i] += random.Below((ulong)i, end - rows[i]);
        }

        return Read(rows);
    }

    /// <summary>Returns the rows as samples with class labels. One pass reads the labels, which take 4 bytes of memory for each row.</summary>
    /// <param name="plan">The encoding of the columns.</param>
    /// <param name="column">The column with the labels.</param>
    /// <param name="classes">The texts of the column that are the classes. The index of a text in the list is its label.</param>
    /// <returns>The data set. It shares the files with this table: disposing of either closes them.</returns>
    /// <exception cref="ArgumentException">The table does not have the column or a column of the plan, or a class occurs twice.</exception>
    /// <exception cref="InvalidDataException">A label is missing or is not among the classes. The message names file and line.</exception>
    public FileDataset ToClasses(TabularPlan plan, string column, IReadOnlyList<string> classes)
    {
        Check(plan, [column]);
        ArgumentNullException.ThrowIfNull(classes);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in classes)
        {
            if (!numbers.TryAdd(name, numbers.Count))
                throw new ArgumentException($"the class {MessageText.Quote(name)} occurs twice", nameof(classes));
        }

        var labels = new int[RowCount];
        ForEachChunk([column], (data, row, index) =>
        {
            string? text = data.Columns[0].GetText(row);
            if (text is null || !numbers.TryGetValue(text, out labels[index]))
                throw new InvalidDataException($"{Place(index)}, column {MessageText.Quote(column)}: {(text is null ? "the label is missing" : $"{MessageText.Quote(text)} is not among the classes {MessageText.Names([.. classes])}")}");
        });
        return new CsvDataset(this, plan) { ClassLabels = (labels, classes.Count), Answers = DatasetFingerprint.Combine(["classes", column, .. classes]) };
    }

    /// <summary>Returns the rows as samples with dense targets. One pass reads the targets, which take 4 bytes of memory each.</summary>
    /// <param name="plan">The encoding of the columns.</param>
    /// <param name="columns">The columns with the targets, at least one.</param>
    /// <returns>The data set. It shares the files with this table: disposing of either closes them.</returns>
    /// <exception cref="ArgumentException">The table does not have one of the columns or a column of the plan.</exception>
    /// <exception cref="InvalidDataException">A target is missing or not a number. The message names file and line.</exception>
    public FileDataset ToTargets(TabularPlan plan, params IReadOnlyList<string> columns)
    {
        Check(plan, columns);
        if (columns.Count == 0)
            throw new ArgumentException("expected at least one target column", nameof(columns));
        var targets = new float[checked(RowCount * columns.Count)];
        ForEachChunk([.. columns], (data, row, index) =>
        {
            for (int target = 0; target < columns.Count; target++)
            {
                if (data.Columns[target] is not { Type: ColumnType.Number or ColumnType.Boolean } cells || !float.IsFinite((float)cells.GetNumber(row)))
                    throw new InvalidDataException($"{Place(index)}, column {MessageText.Quote(columns[target])}: the target must be a number");
                targets[index * columns.Count + target] = (float)cells.GetNumber(row);
            }
        });
        return new CsvDataset(this, plan) { Targets = (targets, columns.Count), Answers = DatasetFingerprint.Combine(["targets", .. columns]) };
    }

    /// <summary>Closes the files. Rows can no longer be read.</summary>
    public void Dispose() => Parts.Dispose();

    /// <summary>Reads some columns of some rows.</summary>
    internal TabularData Read(ReadOnlySpan<int> rows, string[] columns) => _rows.Read(rows, columns);

    /// <summary>Returns the position of some consecutive rows in their file, in bytes.</summary>
    internal (long Offset, long Length) Extent(FilePart part, int first, int count)
    {
        long offset = _offsets[part.First + first], end = first + count < part.Count ? _offsets[part.First + first + count] : part.File.Length;
        return (offset, end - offset);
    }

    internal int Line(int row) => _lines[row];

    internal string Place(int row) => FormattableString.Invariant($"{Parts.Of(row).File.Name}, line {_lines[row]}");

    private void Check(TabularPlan plan, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(columns);
        foreach (string name in columns.Concat(plan.Columns.Where(column => column.Encoding != ColumnEncoding.Ignored).Select(column => column.Name)))
        {
            if (!Layout.Names.Contains(name, StringComparer.Ordinal))
                throw new ArgumentException($"the table has no column {MessageText.Quote(name)}; it has {MessageText.Names(Layout.Names)}", nameof(columns));
        }
    }

    private void ForEachChunk(string[] columns, Action<TabularData, int, int> action)
    {
        var rows = new int[ChunkRows];
        for (int start = 0; start < RowCount; start += ChunkRows)
        {
            Span<int> chunk = rows.AsSpan(0, Math.Min(ChunkRows, RowCount - start));
            for (int i = 0; i < chunk.Length; i++)
                chunk[i] = start + i;
            TabularData data = Read(chunk, columns);
            for (int i = 0; i < chunk.Length; i++)
                action(data, i, start + i);
        }
    }

    private static int[] Spread(int rows, int count) => [.. Enumerable.Range(0, count).Select(i => (int)((long)i * rows / count))];
}
