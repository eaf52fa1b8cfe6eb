namespace NeuralNetFromScratch;

/// <summary>
/// A matrix over memory that somebody else owns: element (i, j) is the value <c>i·RowStride + j·ColumnStride</c> places
/// after the first. Transposing swaps the strides and moves nothing.
/// </summary>
public readonly ref struct MatrixView
{
    private readonly Span<float> _values;
    private readonly MatrixLayout _layout;

    /// <summary>A row-major matrix.</summary>
    /// <param name="values">At least <c>rows × columns</c> values.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <exception cref="ArgumentException">There are too few values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public MatrixView(Span<float> values, int rows, int columns)
        : this(values, MatrixLayout.RowMajor(rows, columns))
    {
    }

    /// <summary>A matrix with any strides that keep its elements apart.</summary>
    /// <param name="values">Memory that holds the last element.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="rowStride">Places from one row to the next.</param>
    /// <param name="columnStride">Places from one column to the next.</param>
    /// <exception cref="ArgumentException">There are too few values, or two elements would share a place.</exception>
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

    /// <summary>Places from one row to the next.</summary>
    public int RowStride => _layout.RowStride;

    /// <summary>Places from one column to the next.</summary>
    public int ColumnStride => _layout.ColumnStride;

    /// <summary>The matrix with rows and columns exchanged, over the same memory.</summary>
    public MatrixView Transposed => new(_values, _layout.Transposed);

    /// <summary>One element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public ref float this[int row, int column] => ref _values[_layout.Offset(row, column)];

    /// <summary>The memory from the first element to the last.</summary>
    internal Span<float> Values => _values[.._layout.Extent];

    internal MatrixLayout Layout => _layout;

    /// <summary>All elements in row-major order, where they lie one after another.</summary>
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public Span<float> Span
    {
        get
        {
            _layout.ThrowIfNotContiguous();
            return _values[.._layout.Extent];
        }
    }

    /// <summary>One row as a span.</summary>
    /// <exception cref="InvalidOperationException">The row is not contiguous: <see cref="ColumnStride"/> is not 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<float> Row(int row)
    {
        _layout.ThrowIfRowsScattered();
        MatrixLayout.ThrowIfRangeOutside(row, 1, Rows, "rows");
        return Columns == 0 ? [] : _values.Slice(row * RowStride, Columns);
    }

    /// <summary>Some of the rows, over the same memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The matrix does not have these rows.</exception>
    public MatrixView SliceRows(int start, int count)
    {
        MatrixLayout.ThrowIfRangeOutside(start, count, Rows, "rows");
        return new(count == 0 || Columns == 0 ? [] : _values[(start * RowStride)..], _layout with { Rows = count });
    }

    /// <summary>Some of the columns, over the same memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The matrix does not have these columns.</exception>
    public MatrixView SliceColumns(int start, int count) => Transposed.SliceRows(start, count).Transposed;

    /// <summary>The same matrix, for reading.</summary>
    public static implicit operator ReadOnlyMatrixView(MatrixView view) => new(view._values, view._layout);
}

/// <summary>How a matrix lies in memory: element (i, j) is <c>i·RowStride + j·ColumnStride</c> after the first.</summary>
internal readonly record struct MatrixLayout(int Rows, int Columns, int RowStride, int ColumnStride)
{
    public static MatrixLayout RowMajor(int rows, int columns) => new(rows, columns, columns, 1);

    public bool IsEmpty => Rows == 0 || Columns == 0;

    /// <summary>Whether the elements lie one after another in row-major order.</summary>
    public bool IsContiguous => IsEmpty || ((Columns <= 1 || ColumnStride == 1) && (Rows <= 1 || RowStride == Columns));

    /// <summary>Places from the first element to the last, both included.</summary>
    public int Extent => IsEmpty ? 0 : (Rows - 1) * RowStride + (Columns - 1) * ColumnStride + 1;

    public MatrixLayout Transposed => new(Columns, Rows, ColumnStride, RowStride);

    /// <summary>Offset of an element, checked against the sizes.</summary>
    public int Offset(int row, int column)
    {
        if ((uint)row >= (uint)Rows)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"the matrix has {Rows} rows");
        if ((uint)column >= (uint)Columns)
            throw new ArgumentOutOfRangeException(nameof(column), column, $"the matrix has {Columns} columns");
        return row * RowStride + column * ColumnStride;
    }

    /// <summary>Checks the sizes, and that the last element lies within <paramref name="length"/> values.</summary>
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

    /// <summary>Checks that no two elements share a place, which a matrix that is written must not have.</summary>
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

    /// <summary>Checks that the elements lie one after another in row-major order.</summary>
    public void ThrowIfNotContiguous()
    {
        if (!IsContiguous)
            throw new InvalidOperationException(
                $"the elements of a {Rows}×{Columns} matrix with strides {RowStride} and {ColumnStride} do not lie one after another; copy it with ToArray");
    }

    /// <summary>Checks that a row is contiguous.</summary>
    public void ThrowIfRowsScattered()
    {
        if (ColumnStride != 1 && Columns > 1)
            throw new InvalidOperationException($"the row is not contiguous: its elements lie {ColumnStride} places apart");
    }

    /// <summary>Checks a range of rows or columns against how many there are.</summary>
    public static void ThrowIfRangeOutside(int start, int count, int available, string what)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (start > available - count)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"{what} {start} to {start + (long)count} of {available}");
    }
}
