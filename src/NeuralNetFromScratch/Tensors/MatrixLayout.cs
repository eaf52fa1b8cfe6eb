namespace NeuralNetFromScratch;

/// <summary>How a matrix lies in memory: element (i, j) is <c>i·RowStride + j·ColumnStride</c> after the first.</summary>
internal readonly record struct MatrixLayout(int Rows, int Columns, int RowStride, int ColumnStride)
{
    public static MatrixLayout RowMajor(int rows, int columns) => new(rows, columns, columns, 1);

    public bool IsEmpty => Rows == 0 || Columns == 0;

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
        if (!IsEmpty && ((Columns > 1 && ColumnStride != 1) || (Rows > 1 && RowStride != Columns)))
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
