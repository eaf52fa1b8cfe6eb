namespace NeuralNetFromScratch;

/// <summary>
/// A read-only view of a sparse matrix over memory that it does not own. Row i has the columns and values from <c>offsets[i]</c> to
/// <c>offsets[i + 1]</c>, with ascending columns; all other elements are 0.
/// </summary>
public readonly ref struct SparseRowsView
{
    private readonly ReadOnlySpan<int> _offsets;
    private readonly ReadOnlySpan<int> _columns;
    private readonly ReadOnlySpan<float> _values;

    /// <summary>Creates a view of sparse rows and checks them.</summary>
    /// <param name="offsets">The offset of each row in <paramref name="columns"/>, and the end of the last row: [rows + 1].</param>
    /// <param name="columns">The columns of the stored elements, ascending in each row.</param>
    /// <param name="values">The stored elements.</param>
    /// <param name="columnCount">The number of columns.</param>
    /// <exception cref="ArgumentException">
    /// There are no offsets, offsets descend or are out of range, the numbers of columns and values differ, or a row's columns do not ascend.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="columnCount"/> is negative, or a column is not between 0 and <c>columnCount − 1</c>.
    /// </exception>
    public SparseRowsView(ReadOnlySpan<int> offsets, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, int columnCount)
        : this(columnCount, offsets, columns, values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        ThrowIfOffsetsWrong(offsets, columns.Length);
        if (columns.Length != values.Length)
            throw new ArgumentException($"there are {columns.Length} columns, but {values.Length} values", nameof(values));
        for (int row = 0; row < Rows; row++)
            ThrowIfColumnsWrong(GetColumns(row), columnCount, "row", row);
    }

    private SparseRowsView(int columnCount, ReadOnlySpan<int> offsets, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        _offsets = offsets;
        _columns = columns;
        _values = values;
        Columns = columnCount;
    }

    /// <summary>The number of rows.</summary>
    public int Rows => Math.Max(_offsets.Length - 1, 0);

    /// <summary>The number of columns, including those without stored elements.</summary>
    public int Columns { get; }

    /// <summary>The number of stored elements.</summary>
    public int StoredCount => _offsets.IsEmpty ? 0 : _offsets[^1] - _offsets[0];

    /// <summary>The stored elements of all rows.</summary>
    internal ReadOnlySpan<float> StoredValues => _offsets.IsEmpty ? [] : _values[_offsets[0].._offsets[^1]];

    /// <summary>The columns of <see cref="StoredValues"/>.</summary>
    internal ReadOnlySpan<int> StoredColumns => _offsets.IsEmpty ? [] : _columns[_offsets[0].._offsets[^1]];

    /// <summary>The offset of each row, and the end of the last one.</summary>
    internal ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>The columns to which the offsets refer.</summary>
    internal ReadOnlySpan<int> AllColumns => _columns;

    /// <summary>The values to which the offsets refer.</summary>
    internal ReadOnlySpan<float> AllValues => _values;

    /// <summary>Returns the columns of a row's stored elements, in ascending order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public ReadOnlySpan<int> GetColumns(int row) => _columns[Range(row)];

    /// <summary>Returns a row's stored elements, in the order of <see cref="GetColumns"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public ReadOnlySpan<float> GetValues(int row) => _values[Range(row)];

    /// <summary>Returns a range of the rows over the same memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the rows.</exception>
    public SparseRowsView SliceRows(int start, int count)
    {
        MatrixLayout.ThrowIfRangeOutside(start, count, Rows, "rows");
        return _offsets.IsEmpty ? this : new(Columns, _offsets.Slice(start, count + 1), _columns, _values);
    }

    /// <summary>Copies a row with all its elements; those that are not stored are 0.</summary>
    /// <param name="row">The index of the row.</param>
    /// <param name="destination">Receives the row: [<see cref="Columns"/>].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="row"/> is out of range.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public void CopyRowTo(int row, Span<float> destination)
    {
        if (destination.Length != Columns)
            throw new ArgumentException($"a row has {Columns} values, the destination {destination.Length}", nameof(destination));
        ReadOnlySpan<int> columns = GetColumns(row);
        ReadOnlySpan<float> values = GetValues(row);
        destination.Clear();
        for (int i = 0; i < columns.Length; i++)
            destination[columns[i]] = values[i];
    }

    /// <summary>Creates a view of rows that were checked before.</summary>
    internal static SparseRowsView OfChecked(ReadOnlySpan<int> offsets, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, int columnCount) =>
        new(columnCount, offsets, columns, values);

    internal static void ThrowIfOffsetsWrong(ReadOnlySpan<int> offsets, int elements)
    {
        if (offsets.IsEmpty)
            throw new ArgumentException("expected an offset for each row and one for the end, got none", nameof(offsets));
        if (offsets[0] < 0)
            throw new ArgumentException($"offset 0 must not be negative, got {offsets[0]}", nameof(offsets));
        for (int i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1])
                throw new ArgumentException($"offset {i} is {offsets[i]}, less than offset {i - 1}, {offsets[i - 1]}", nameof(offsets));
        }

        if (offsets[^1] > elements)
            throw new ArgumentException($"offset {offsets.Length - 1} is {offsets[^1]}, but there are {elements} columns", nameof(offsets));
    }

    /// <param name="columns">The columns of one row.</param>
    /// <param name="columnCount">The number of columns of the matrix.</param>
    /// <param name="what">The word for a row in messages.</param>
    /// <param name="row">The index of the row.</param>
    internal static void ThrowIfColumnsWrong(ReadOnlySpan<int> columns, int columnCount, string what, int row)
    {
        int previous = -1;
        foreach (int column in columns)
        {
            if ((uint)column >= (uint)columnCount)
                throw new ArgumentOutOfRangeException(nameof(columns), $"{what} {row}: column must be 0 to {columnCount - 1}, got {column}");
            if (column <= previous)
                throw new ArgumentException($"{what} {row}: columns must ascend, got {column} after {previous}", nameof(columns));
            previous = column;
        }
    }

    private Range Range(int row)
    {
        if ((uint)row >= (uint)Rows)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"the matrix has {Rows} rows");
        return _offsets[row].._offsets[row + 1];
    }
}
