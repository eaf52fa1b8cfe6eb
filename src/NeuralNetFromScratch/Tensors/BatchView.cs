namespace NeuralNetFromScratch;

/// <summary>
/// The features of some samples, over memory that somebody else owns: a dense block, sparse rows, or both side by side. A sample's features
/// are the dense columns, then the sparse ones.
/// </summary>
public readonly ref struct BatchView
{
    /// <summary>Creates a view of samples whose features are all dense.</summary>
    /// <param name="dense">[rows, features].</param>
    public BatchView(ReadOnlyMatrixView dense)
    {
        Dense = dense;
        Rows = dense.Rows;
    }

    /// <summary>Creates a view of samples whose features are all dense and lie one after another.</summary>
    /// <param name="values">At least <c>rows × columns</c> values.</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="columns">Number of features.</param>
    /// <exception cref="ArgumentException">There are too few values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public BatchView(ReadOnlySpan<float> values, int rows, int columns)
        : this(new ReadOnlyMatrixView(values, rows, columns))
    {
    }

    /// <summary>Creates a view of samples whose last features are sparse.</summary>
    /// <param name="dense">The dense features: [rows, dense features]; it may have no columns.</param>
    /// <param name="sparse">The sparse features of the same samples.</param>
    /// <exception cref="ArgumentException">There are not as many dense rows as sparse ones.</exception>
    public BatchView(ReadOnlyMatrixView dense, SparseRowsView sparse)
    {
        if (sparse.Columns > 0 && dense.Columns > 0 && dense.Rows != sparse.Rows)
            throw new ArgumentException($"expected as many sparse rows as dense ones, {dense.Rows}, got {sparse.Rows}", nameof(sparse));
        Dense = dense;
        Sparse = sparse;
        Rows = sparse.Columns > 0 ? sparse.Rows : dense.Rows;
    }

    /// <summary>Number of samples.</summary>
    public int Rows { get; }

    /// <summary>Number of features, dense and sparse ones.</summary>
    public int Columns => checked(Dense.Columns + Sparse.Columns);

    /// <summary>The dense features, the first ones: [rows, dense features].</summary>
    public ReadOnlyMatrixView Dense { get; }

    /// <summary>The sparse features, the last ones; no columns where all features are dense.</summary>
    public SparseRowsView Sparse { get; }

    /// <summary>Whether all features are dense.</summary>
    public bool IsDense => Sparse.Columns == 0;

    /// <summary>Returns some of the rows, over the same memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    public BatchView SliceRows(int start, int count) => IsDense
        ? new(Dense.SliceRows(start, count))
        : new(Dense.Columns == 0 ? default : Dense.SliceRows(start, count), Sparse.SliceRows(start, count));

    /// <summary>Writes all features as a dense matrix.</summary>
    /// <param name="destination">Receives them: [rows, features], each row contiguous.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another shape.</exception>
    public void CopyTo(MatrixView destination)
    {
        if (destination.Rows != Rows || destination.Columns != Columns)
            throw new ArgumentException($"expected a destination [{Rows}, {Columns}], got [{destination.Rows}, {destination.Columns}]", nameof(destination));
        for (int row = 0; row < Rows; row++)
            CopyRowTo(row, destination.Row(row));
    }

    /// <summary>Uses a dense matrix as the features of some samples.</summary>
    public static implicit operator BatchView(ReadOnlyMatrixView dense) => new(dense);

    /// <summary>Uses a dense matrix as the features of some samples.</summary>
    public static implicit operator BatchView(MatrixView dense) => new(dense);

    internal void CopyRowTo(int row, Span<float> destination)
    {
        for (int column = 0; column < Dense.Columns; column++)
            destination[column] = Dense[row, column];
        if (!IsDense)
            Sparse.CopyRowTo(row, destination[Dense.Columns..]);
    }
}
