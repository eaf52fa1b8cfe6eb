namespace NeuralNetFromScratch.Compute;

/// <summary>One matrix product: C[Rows, Columns] from A[Rows, Depth] and B[Depth, Columns], each with any strides.</summary>
internal unsafe struct GemmOperands
{
    public int Rows, Columns, Depth;

    public float* A;
    public nint ARow, AColumn;

    public float* B;
    public nint BRow, BColumn;

    public float* C;
    public nint CRow, CColumn;

    /// <summary>The column of the whole product that this part starts at.</summary>
    public int FirstColumn;

    /// <summary>The same product seen from the other side: Cᵀ = Bᵀ·Aᵀ.</summary>
    public readonly GemmOperands Transposed() => new()
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
    };

    /// <summary>The part of the product that yields a block of C.</summary>
    public readonly GemmOperands Block(Section rows, Section columns)
    {
        GemmOperands block = this;
        block.Rows = rows.Count;
        block.Columns = columns.Count;
        block.A = A + rows.Start * ARow;
        block.B = B + columns.Start * BColumn;
        block.C = C + rows.Start * CRow + columns.Start * CColumn;
        block.FirstColumn = FirstColumn + columns.Start;
        return block;
    }
}

/// <summary>How the sums of a product are formed.</summary>
/// <param name="Accumulate">Whether they are added to what C holds.</param>
/// <param name="SkipsZeros">
/// Whether steps of k in which a panel of A is all zeros are left out. It pays where zeros lie side by side; B must be finite.
/// </param>
internal readonly record struct GemmOptions(bool Accumulate = false, bool SkipsZeros = false);
