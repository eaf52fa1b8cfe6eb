namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The sizes of the matrix product's blocks, in elements, for one register width (after Goto and van de Geijn, "Anatomy of high-performance
/// matrix multiplication", ACM TOMS 2008, and BLIS). They suit cores with at least 32 KB of first-level and 512 KB of second-level cache. A panel
/// of B, <c>Depth × TileColumns</c>, stays in the first-level cache while the panels of A are read; a block of A, <c>BlockRows × Depth</c>, stays
/// in the second-level cache while the panels of B are read; a block of B, <c>Depth × BlockColumns</c>, stays in the last-level cache.
/// </summary>
/// <param name="TileRows">The number of rows of a tile, limited by the number of registers for sums.</param>
/// <param name="TileColumns">Columns of a tile: two registers.</param>
/// <param name="Depth">The maximum number of steps of k at a time.</param>
/// <param name="BlockRows">The maximum number of rows of a block of A; a multiple of <paramref name="TileRows"/>.</param>
/// <param name="BlockColumns">The maximum number of columns of a block of B; a multiple of <paramref name="TileColumns"/>.</param>
internal readonly record struct Blocking(int TileRows, int TileColumns, int Depth, int BlockRows, int BlockColumns)
{
    /// <summary>The sizes of the largest tile, for buffers that every tile fits into.</summary>
    public const int MostTileColumns = 32, MostTileElements = 12 * MostTileColumns;
}

/// <summary>The plan of one worker for a product: the sizes of its blocks, and what it packs.</summary>
internal readonly record struct GemmPlan
{
    public GemmPlan(in GemmOperands operands, GemmOptions options, SimdWidth width)
    {
        var blocking = Tuning.Blocking(width);
        // If one register holds a row of C, panels of B are half as wide and can be twice as deep.
        bool isNarrow = operands.Columns <= blocking.TileColumns / 2;
        TileRows = blocking.TileRows;
        TileColumns = isNarrow ? blocking.TileColumns / 2 : blocking.TileColumns;
        DepthBlocks = Math.Max(1, DivideUp(operands.Depth, isNarrow ? 2 * blocking.Depth : blocking.Depth));
        Depth = DivideUp(operands.Depth, DepthBlocks);
        Columns = Math.Min(DivideUp(operands.Columns, TileColumns) * TileColumns, blocking.BlockColumns);
        Rows = Math.Min(DivideUp(operands.Rows, TileRows) * TileRows, blocking.BlockRows);
        PacksB = operands.BColumn != 1 || operands.Rows > Tuning.PanelsReadingBInPlace * TileRows;

        // A is read in place if there are few panels of B, or if its rows are adjacent and there are few enough steps of k for all lines of a
        // panel to stay in the first-level cache.
        bool isReadOften = operands.Columns > Tuning.PanelsReadingAInPlace * TileColumns;
        bool isShort = operands.ARow == 1 && operands.Depth <= Tuning.StepsReadInPlace;
        PacksA = (operands.AColumn != 1 && operands.ARow != 1) || (isReadOften && !isShort) || (options.SkipsZeros && operands.ARow != 1);
        IsRow = operands.Rows == 1 && operands.BColumn == 1 && operands.CColumn == 1;
        StepsLength = options.SkipsZeros ? StepLists.LengthFor(Rows / TileRows, Depth) : 0;
    }

    /// <summary>Whether the product has a single row, whose weights are read once; nothing is packed.</summary>
    public bool IsRow { get; }

    public int TileRows { get; }

    public int TileColumns { get; }

    /// <summary>The number of blocks into which the depth is divided as evenly as possible.</summary>
    public int DepthBlocks { get; }

    /// <summary>Steps of k in the largest block.</summary>
    public int Depth { get; }

    /// <summary>Columns of a block of B, in whole tiles.</summary>
    public int Columns { get; }

    /// <summary>Rows of a block of A, in whole tiles.</summary>
    public int Rows { get; }

    public bool PacksA { get; }

    public bool PacksB { get; }

    /// <summary>The number of integers of the lists of steps, if zeros are skipped.</summary>
    public int StepsLength { get; }

    /// <summary>The number of floats of the packed blocks of B and A and of the lists, in this order.</summary>
    public int SpaceLength => IsRow ? 0 : (Columns + Rows) * Depth + StepsLength;

    private static int DivideUp(int value, int divisor) => (value - 1 + divisor) / divisor;
}

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

    /// <summary>Returns the transposed product: Cᵀ = Bᵀ·Aᵀ.</summary>
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

    /// <summary>Returns the part of the product that computes a block of C.</summary>
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

/// <summary>Options of a product.</summary>
/// <param name="Accumulate">Whether to add to the existing values of C.</param>
/// <param name="SkipsZeros">
/// Whether to skip steps of k in which a panel of A is all zeros. This is faster if zeros are adjacent; B must be finite.
/// </param>
internal readonly record struct GemmOptions(bool Accumulate = false, bool SkipsZeros = false);
