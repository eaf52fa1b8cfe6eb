namespace NeuralNetFromScratch;

/// <summary>
/// A matrix view over memory that it does not own: element (i, j) is the value at index <c>i·RowStride + j·ColumnStride</c>. Transposing
/// exchanges the strides and moves no data.
/// </summary>
public readonly ref struct MatrixView
{
    private readonly Span<float> _values;
    private readonly MatrixLayout _layout;

    /// <summary>Creates a view of a row-major matrix.</summary>
    /// <param name="values">At least <c>rows × columns</c> values.</param>
    /// <param name="rows">The number of rows; not negative.</param>
    /// <param name="columns">The number of columns; not negative.</param>
    /// <exception cref="ArgumentException">There are too few values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public MatrixView(Span<float> values, int rows, int columns)
        : this(values, MatrixLayout.RowMajor(rows, columns))
    {
    }

    /// <summary>Creates a view of a matrix with any strides with which elements do not overlap.</summary>
    /// <param name="values">The memory, which includes the last element.</param>
    /// <param name="rows">The number of rows; not negative.</param>
    /// <param name="columns">The number of columns; not negative.</param>
    /// <param name="rowStride">The distance from one row to the next; not negative.</param>
    /// <param name="columnStride">The distance from one column to the next; not negative.</param>
    /// <exception cref="ArgumentException">There are too few values, or elements overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size or stride is negative.</exception>
    public MatrixView(Span<float> values, int rows, int columns, int rowStride, int columnStride)
        : this(values, new MatrixLayout(rows, columns, rowStride, columnStride))
    {
    }

    private MatrixView(Span<float> values, MatrixLayout layout)
    {
        layout.ThrowIfOutside(values.Length);
        layout.ThrowIfElementsOverlap();
        _values = values;
        _layout = layout;
    }

    /// <summary>Number of rows.</summary>
    public int Rows => _layout.Rows;

    /// <summary>Number of columns.</summary>
    public int Columns => _layout.Columns;

    /// <summary>The distance from one row to the next, in values.</summary>
    public int RowStride => _layout.RowStride;

    /// <summary>The distance from one column to the next, in values.</summary>
    public int ColumnStride => _layout.ColumnStride;

    /// <summary>The transposed matrix over the same memory.</summary>
    public MatrixView Transposed => new(_values, _layout.Transposed);

    /// <summary>Gets a reference to an element.</summary>
    /// <param name="row">The index of the row.</param>
    /// <param name="column">The index of the column.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public ref float this[int row, int column] => ref _values[_layout.Offset(row, column)];

    /// <summary>The memory from the first element to the last.</summary>
    internal Span<float> Values => _values[.._layout.Extent];

    internal MatrixLayout Layout => _layout;

    /// <summary>All elements in row-major order, if the matrix is contiguous.</summary>
    /// <exception cref="InvalidOperationException">The matrix is not contiguous.</exception>
    public Span<float> Span
    {
        get
        {
            _layout.ThrowIfNotContiguous();
            return _values[.._layout.Extent];
        }
    }

    /// <summary>Returns one row as a span.</summary>
    /// <param name="row">The index of the row.</param>
    /// <exception cref="InvalidOperationException">The row is not contiguous: <see cref="ColumnStride"/> is not 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public Span<float> Row(int row)
    {
        _layout.ThrowIfRowsScattered();
        MatrixLayout.ThrowIfRangeOutside(row, 1, Rows, "rows");
        return Columns == 0 ? [] : _values.Slice(row * RowStride, Columns);
    }

    /// <summary>Returns a range of the rows over the same memory.</summary>
    /// <param name="start">The index of the first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the rows.</exception>
    public MatrixView SliceRows(int start, int count)
    {
        MatrixLayout.ThrowIfRangeOutside(start, count, Rows, "rows");
        return new(count == 0 || Columns == 0 ? [] : _values[(start * RowStride)..], _layout with { Rows = count });
    }

    /// <summary>Returns a range of the columns over the same memory.</summary>
    /// <param name="start">The index of the first column.</param>
    /// <param name="count">The number of columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the columns.</exception>
    public MatrixView SliceColumns(int start, int count) => Transposed.SliceRows(start, count).Transposed;

    /// <summary>Converts the view to a read-only view of the same matrix.</summary>
    public static implicit operator ReadOnlyMatrixView(MatrixView view) => new(view._values, view._layout);
}

/// <summary>The layout of a matrix in memory: element (i, j) is at index <c>i·RowStride + j·ColumnStride</c>.</summary>
internal readonly record struct MatrixLayout(int Rows, int Columns, int RowStride, int ColumnStride)
{
    public static MatrixLayout RowMajor(int rows, int columns) => new(rows, columns, columns, 1);

    public bool IsEmpty => Rows == 0 || Columns == 0;

    /// <summary>Whether the elements are contiguous in row-major order.</summary>
    public bool IsContiguous => IsEmpty || ((Columns <= 1 || ColumnStride == 1) && (Rows <= 1 || RowStride == Columns));

    /// <summary>The number of values from the first element to the last, inclusive.</summary>
    public int Extent => IsEmpty ? 0 : (Rows - 1) * RowStride + (Columns - 1) * ColumnStride + 1;

    public MatrixLayout Transposed => new(Columns, Rows, ColumnStride, RowStride);

    /// <summary>Returns the index of an element in memory and checks it against the sizes.</summary>
    public int Offset(int row, int column)
    {
        if ((uint)row >= (uint)Rows)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"the matrix has {Rows} rows");
        if ((uint)column >= (uint)Columns)
            throw new ArgumentOutOfRangeException(nameof(column), column, $"the matrix has {Columns} columns");
        return row * RowStride + column * ColumnStride;
    }

    /// <summary>Checks the sizes, and that the last element is within <paramref name="length"/> values.</summary>
    public void ThrowIfOutside(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Rows, "rows");
        ArgumentOutOfRangeException.ThrowIfNegative(Columns, "columns");
        ArgumentOutOfRangeException.ThrowIfNegative(RowStride, "rowStride");
        ArgumentOutOfRangeException.ThrowIfNegative(ColumnStride, "columnStride");
        long last = (long)(Rows - 1) * RowStride + (long)(Columns - 1) * ColumnStride;
        if (!IsEmpty && last >= length)
            throw new ArgumentException(
                $"a {Rows}×{Columns} matrix with strides {RowStride} and {ColumnStride} needs {last + 1} values, got {length}");
    }

    /// <summary>Checks that no two elements overlap, which a writable matrix must not have.</summary>
    public void ThrowIfElementsOverlap()
    {
        bool rowsApart = Rows <= 1 || RowStride > (long)(Columns - 1) * ColumnStride;
        bool columnsApart = Columns <= 1 || ColumnStride > (long)(Rows - 1) * RowStride;
        bool distinctAlongRows = Columns <= 1 || ColumnStride > 0;
        bool distinctAlongColumns = Rows <= 1 || RowStride > 0;
        if (!IsEmpty && !((rowsApart && distinctAlongRows) || (columnsApart && distinctAlongColumns)))
            throw new ArgumentException(
                $"the elements of a {Rows}×{Columns} matrix with strides {RowStride} and {ColumnStride} overlap");
    }

    /// <summary>Checks that the elements are contiguous in row-major order.</summary>
    public void ThrowIfNotContiguous()
    {
        if (!IsContiguous)
            throw new InvalidOperationException(
                $"the elements of a {Rows}×{Columns} matrix with strides {RowStride} and {ColumnStride} are not contiguous; copy it with ToArray");
    }

    /// <summary>Checks that a row is contiguous.</summary>
    public void ThrowIfRowsScattered()
    {
        if (ColumnStride != 1 && Columns > 1)
            throw new InvalidOperationException($"the row is not contiguous: its stride is {ColumnStride}");
    }

    /// <summary>Checks a range of rows or columns against their number.</summary>
    public static void ThrowIfRangeOutside(int start, int count, int available, string what)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (start > available - count)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"{what} {start} to {start + (long)count} are out of range; there are {available}");
    }
}
