namespace NeuralNetFromScratch;

/// <summary>
/// A view of the features of some samples over memory that it does not own: a dense block, sparse rows, or both side by side. A sample has its
/// dense features first, then its sparse ones.
/// </summary>
public readonly ref struct BatchView
{
    /// <summary>Creates a view of samples with dense features.</summary>
    /// <param name="dense">The features: [rows, features].</param>
    public BatchView(ReadOnlyMatrixView dense)
    {
        Dense = dense;
        Rows = dense.Rows;
    }

    /// <summary>Creates a view of samples with dense features in contiguous memory.</summary>
    /// <param name="values">At least <c>rows × columns</c> values.</param>
    /// <param name="rows">The number of samples; not negative.</param>
    /// <param name="columns">The number of features; not negative.</param>
    /// <exception cref="ArgumentException">There are too few values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public BatchView(ReadOnlySpan<float> values, int rows, int columns)
        : this(new ReadOnlyMatrixView(values, rows, columns))
    {
    }

    /// <summary>Creates a view of samples whose last features are sparse.</summary>
    /// <param name="dense">The dense features: [rows, dense features]; it may have no columns.</param>
    /// <param name="sparse">The sparse features of the same samples: [rows, sparse features].</param>
    /// <exception cref="ArgumentException">The numbers of dense and sparse rows differ.</exception>
    public BatchView(ReadOnlyMatrixView dense, SparseRowsView sparse)
    {
        if (sparse.Columns > 0 && dense.Columns > 0 && dense.Rows != sparse.Rows)
            throw new ArgumentException($"expected {dense.Rows} sparse rows, the number of dense ones, got {sparse.Rows}", nameof(sparse));
        Dense = dense;
        Sparse = sparse;
        Rows = sparse.Columns > 0 ? sparse.Rows : dense.Rows;
    }

    /// <summary>The number of samples.</summary>
    public int Rows { get; }

    /// <summary>The number of features, dense and sparse ones.</summary>
    public int Columns => checked(Dense.Columns + Sparse.Columns);

    /// <summary>The dense features, the first ones: [rows, dense features].</summary>
    public ReadOnlyMatrixView Dense { get; }

    /// <summary>The sparse features, the last ones; no columns if all features are dense.</summary>
    public SparseRowsView Sparse { get; }

    /// <summary>Whether all features are dense.</summary>
    public bool IsDense => Sparse.Columns == 0;

    /// <summary>Returns a range of the rows over the same memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the rows.</exception>
    public BatchView SliceRows(int start, int count) => IsDense
        ? new(Dense.SliceRows(start, count))
        : new(Dense.Columns == 0 ? default : Dense.SliceRows(start, count), Sparse.SliceRows(start, count));

    /// <summary>Copies all features to a dense matrix.</summary>
    /// <param name="destination">Receives the features: [rows, features], each row contiguous.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another shape.</exception>
    public void CopyTo(MatrixView destination)
    {
        if (destination.Rows != Rows || destination.Columns != Columns)
            throw new ArgumentException($"expected a destination [{Rows}, {Columns}], got [{destination.Rows}, {destination.Columns}]", nameof(destination));
        for (int row = 0; row < Rows; row++)
            CopyRowTo(row, destination.Row(row));
    }

    /// <summary>Converts a dense matrix to a view of samples.</summary>
    public static implicit operator BatchView(ReadOnlyMatrixView dense) => new(dense);

    /// <summary>Converts a dense matrix to a view of samples.</summary>
    public static implicit operator BatchView(MatrixView dense) => new(dense);

    internal void CopyRowTo(int row, Span<float> destination)
    {
        for (int column = 0; column < Dense.Columns; column++)
            destination[column] = Dense[row, column];
        if (!IsDense)
            Sparse.CopyRowTo(row, destination[Dense.Columns..]);
    }
}
