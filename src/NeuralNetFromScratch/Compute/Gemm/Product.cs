namespace NeuralNetFromScratch.Compute;

/// <summary>One matrix product: C[Rows, Columns] from A[Rows, Depth] and B[Depth, Columns], each with any strides.</summary>
internal unsafe struct Product
{
    public int Rows, Columns, Depth;

    public float* A;
    public nint ARow, AColumn;

    public float* B;
    public nint BRow, BColumn;

    public float* C;
    public nint CRow, CColumn;

    /// <summary>Whether the sums are added to what C holds.</summary>
    public bool Accumulate;

    /// <summary>Whether steps of k in which a panel of A is all zeros are left out. It pays where zeros lie side by side; B must be finite.</summary>
    public bool SkipsZeros;

    /// <summary>[Columns], or null.</summary>
    public float* Bias;

    /// <summary>The same product seen from the other side: Cᵀ = Bᵀ·Aᵀ. Not for products with a bias, or that skip zeros.</summary>
    public readonly Product Transposed() => new()
    {
        Rows = Columns,
        Columns = Rows,
        Depth = Depth,
        A = B,
        ARow = BColumn,
        AColumn = BRow,
        B = A,
        BRow = AColumn,
        BColumn = ARow,
        C = C,
        CRow = CColumn,
        CColumn = CRow,
        Accumulate = Accumulate,
    };

    /// <summary>The part of the product that yields a block of C.</summary>
    public readonly Product Block(Section rows, Section columns)
    {
        Product block = this;
        block.Rows = rows.Count;
        block.Columns = columns.Count;
        block.A = A + rows.Start * ARow;
        block.B = B + columns.Start * BColumn;
        block.C = C + rows.Start * CRow + columns.Start * CColumn;
        block.Bias = Bias is null ? null : Bias + columns.Start;
        return block;
    }
}
