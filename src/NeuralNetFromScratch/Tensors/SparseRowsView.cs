namespace NeuralNetFromScratch;

/// <summary>
/// A matrix to read of which only some elements are stored, over memory that somebody else owns. Row i has the columns and values from
/// <c>offsets[i]</c> to <c>offsets[i + 1]</c>, in ascending order of the columns; all other elements are 0.
/// </summary>
public readonly ref struct SparseRowsView
{
    private readonly ReadOnlySpan<int> _offsets;
    private readonly ReadOnlySpan<int> _columns;
    private readonly ReadOnlySpan<float> _values;

    /// <summary>Creates a view of sparse rows and checks them.</summary>
    /// <param name="offsets">Where each row starts, and where the last one ends: rows + 1 places in <paramref name="columns"/>.</param>
    /// <param name="columns">The columns of the stored elements, ascending in each row.</param>
    /// <param name="values">The stored elements.</param>
    /// <param name="columnCount">The number of columns.</param>
    /// <exception cref="ArgumentException">
    /// There is no offset, offsets descend or lie outside the elements, there are not as many columns as values, or a row's columns do not ascend.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="columnCount"/> is negative, or a column is not 0 to <c>columnCount − 1</c>.</exception>
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

    /// <summary>Number of rows.</summary>
    public int Rows => Math.Max(_offsets.Length - 1, 0);

    /// <summary>Number of columns, stored or not.</summary>
    public int Columns { get; }

    /// <summary>Number of stored elements.</summary>
    public int StoredCount => _offsets.IsEmpty ? 0 : _offsets[^1] - _offsets[0];

    /// <summary>The stored elements of all rows.</summary>
    internal ReadOnlySpan<float> StoredValues => _offsets.IsEmpty ? [] : _values[_offsets[0].._offsets[^1]];

    /// <summary>Where each row starts, and where the last one ends.</summary>
    internal ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>The columns that the offsets point into.</summary>
    internal ReadOnlySpan<int> AllColumns => _columns;

    /// <summary>The values that the offsets point into.</summary>
    internal ReadOnlySpan<float> AllValues => _values;

    /// <summary>Returns the columns of a row's stored elements, ascending.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<int> GetColumns(int row) => _columns[Range(row)];

    /// <summary>Returns a row's stored elements, in the order of <see cref="GetColumns"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<float> GetValues(int row) => _values[Range(row)];

    /// <summary>Returns some of the rows, over the same memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The matrix does not have these rows.</exception>
    public SparseRowsView SliceRows(int start, int count)
    {
        MatrixLayout.ThrowIfRangeOutside(start, count, Rows, "rows");
        return _offsets.IsEmpty ? this : new(Columns, _offsets.Slice(start, count + 1), _columns, _values);
    }

    /// <summary>Writes a row with all its elements, those that are not stored as 0.</summary>
    /// <param name="row">The row.</param>
    /// <param name="destination">Room for <see cref="Columns"/> values.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
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

    /// <summary>A view of rows that have been checked before.</summary>
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
    /// <param name="what">What messages call a row.</param>
    /// <param name="row">The row's number.</param>
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
