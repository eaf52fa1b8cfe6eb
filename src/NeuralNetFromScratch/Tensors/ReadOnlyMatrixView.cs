namespace NeuralNetFromScratch;

/// <summary>
/// A read-only matrix view over memory that it does not own: element (i, j) is the value at index <c>i·RowStride + j·ColumnStride</c>.
/// Transposing exchanges the strides and moves no data; a stride of 0 repeats a row or column.
/// </summary>
public readonly ref struct ReadOnlyMatrixView
{
    private readonly ReadOnlySpan<float> _values;
    private readonly MatrixLayout _layout;

    /// <summary>Creates a view of a row-major matrix.</summary>
    /// <param name="values">At least <c>rows × columns</c> values.</param>
    /// <param name="rows">The number of rows; not negative.</param>
    /// <param name="columns">The number of columns; not negative.</param>
    /// <exception cref="ArgumentException">There are too few values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public ReadOnlyMatrixView(ReadOnlySpan<float> values, int rows, int columns)
        : this(values, MatrixLayout.RowMajor(rows, columns))
    {
    }

    /// <summary>Creates a view of a matrix with any strides.</summary>
    /// <param name="values">The memory, which includes the last element.</param>
    /// <param name="rows">The number of rows; not negative.</param>
    /// <param name="columns">The number of columns; not negative.</param>
    /// <param name="rowStride">The distance from one row to the next; not negative.</param>
    /// <param name="columnStride">The distance from one column to the next; not negative.</param>
    /// <exception cref="ArgumentException">There are too few values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size or stride is negative.</exception>
    public ReadOnlyMatrixView(ReadOnlySpan<float> values, int rows, int columns, int rowStride, int columnStride)
        : this(values, new MatrixLayout(rows, columns, rowStride, columnStride))
    {
    }

    internal ReadOnlyMatrixView(ReadOnlySpan<float> values, MatrixLayout layout)
    {
        layout.ThrowIfOutside(values.Length);
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
    public ReadOnlyMatrixView Transposed => new(_values, _layout.Transposed);

    /// <summary>Gets a reference to an element.</summary>
    /// <param name="row">The index of the row.</param>
    /// <param name="column">The index of the column.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public ref readonly float this[int row, int column] => ref _values[_layout.Offset(row, column)];

    /// <summary>The memory from the first element to the last.</summary>
    internal ReadOnlySpan<float> Values => _values[.._layout.Extent];

    internal MatrixLayout Layout => _layout;

    /// <summary>All elements in row-major order, if the matrix is contiguous.</summary>
    /// <exception cref="InvalidOperationException">The matrix is not contiguous.</exception>
    public ReadOnlySpan<float> Span
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
    public ReadOnlySpan<float> Row(int row)
    {
        _layout.ThrowIfRowsScattered();
        MatrixLayout.ThrowIfRangeOutside(row, 1, Rows, "rows");
        return Columns == 0 ? [] : _values.Slice(row * RowStride, Columns);
    }

    /// <summary>Returns a range of the rows over the same memory.</summary>
    /// <param name="start">The index of the first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the rows.</exception>
    public ReadOnlyMatrixView SliceRows(int start, int count)
    {
        MatrixLayout.ThrowIfRangeOutside(start, count, Rows, "rows");
        return new(count == 0 || Columns == 0 ? [] : _values[(start * RowStride)..], _layout with { Rows = count });
    }

    /// <summary>Returns a range of the columns over the same memory.</summary>
    /// <param name="start">The index of the first column.</param>
    /// <param name="count">The number of columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the columns.</exception>
    public ReadOnlyMatrixView SliceColumns(int start, int count) => Transposed.SliceRows(start, count).Transposed;

    /// <summary>Copies the elements to an array in row-major order.</summary>
    public float[] ToArray()
    {
        var values = new float[checked(Rows * Columns)];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
                values[row * Columns + column] = this[row, column];
        }

        return values;
    }
}
