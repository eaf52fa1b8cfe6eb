namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The sizes of the matrix product's blocks, in elements, for one register width (after Goto and van de Geijn, "Anatomy of
/// high-performance matrix multiplication", ACM TOMS 2008, and BLIS). They are meant for cores with 32 KB of first-level and 512 KB
/// of second-level cache or more:
/// a panel of B, <c>Depth × TileColumns</c>, stays in the first level while the panels of A pass by;
/// a block of A, <c>BlockRows × Depth</c>, stays in the second while the panels of B pass by;
/// a block of B, <c>Depth × BlockColumns</c>, stays in the last.
/// </summary>
/// <param name="TileRows">Rows of a tile: as many as the registers hold sums for.</param>
/// <param name="TileColumns">Columns of a tile: two registers.</param>
/// <param name="Depth">Most steps of k at a time.</param>
/// <param name="BlockRows">Most rows of a block of A; a multiple of <paramref name="TileRows"/>.</param>
/// <param name="BlockColumns">Most columns of a block of B; a multiple of <paramref name="TileColumns"/>.</param>
internal readonly record struct Blocking(int TileRows, int TileColumns, int Depth, int BlockRows, int BlockColumns)
{
    /// <summary>The sizes of the largest tile, for buffers that every tile fits into.</summary>
    public const int MostTileColumns = 32, MostTileElements = 12 * MostTileColumns;
}

/// <summary>How one worker goes through a product: the sizes of its blocks, and what it packs.</summary>
internal readonly record struct GemmPlan
{
    public GemmPlan(in GemmOperands operands, GemmOptions options, SimdWidth width)
    {
        var blocking = Tuning.Blocking(width);
        // Where one register holds a row of C, panels of B are half as wide, and can be twice as deep.
        bool isNarrow = operands.Columns <= blocking.TileColumns / 2;
        TileRows = blocking.TileRows;
        TileColumns = isNarrow ? blocking.TileColumns / 2 : blocking.TileColumns;
        DepthBlocks = Math.Max(1, DivideUp(operands.Depth, isNarrow ? 2 * blocking.Depth : blocking.Depth));
        Depth = DivideUp(operands.Depth, DepthBlocks);
        Columns = Math.Min(DivideUp(operands.Columns, TileColumns) * TileColumns, blocking.BlockColumns);
        Rows = Math.Min(DivideUp(operands.Rows, TileRows) * TileRows, blocking.BlockRows);
        PacksB = operands.BColumn != 1 || operands.Rows > Tuning.PanelsReadingBInPlace * TileRows;

        // A is read in place while few panels of B pass by, or while it lies with its rows together and few enough steps of k that
        // all of a panel's lines stay in the first-level cache.
        bool isReadOften = operands.Columns > Tuning.PanelsReadingAInPlace * TileColumns;
        bool isShort = operands.ARow == 1 && operands.Depth <= Tuning.StepsReadInPlace;
        PacksA = (operands.AColumn != 1 && operands.ARow != 1) || (isReadOften && !isShort) || (options.SkipsZeros && operands.ARow != 1);
        IsRow = operands.Rows == 1 && operands.BColumn == 1 && operands.CColumn == 1;
        StepsLength = options.SkipsZeros ? StepLists.LengthFor(Rows / TileRows, Depth) : 0;
    }

    /// <summary>Whether it is a single row, whose weights pass by once: nothing is packed.</summary>
    public bool IsRow { get; }

    public int TileRows { get; }

    public int TileColumns { get; }

    /// <summary>The number of blocks that the depth is divided into, as evenly as it goes.</summary>
    public int DepthBlocks { get; }

    /// <summary>Steps of k in the largest block.</summary>
    public int Depth { get; }

    /// <summary>Columns of a block of B, in whole tiles.</summary>
    public int Columns { get; }

    /// <summary>Rows of a block of A, in whole tiles.</summary>
    public int Rows { get; }

    public bool PacksA { get; }

    public bool PacksB { get; }

    /// <summary>Integers that the lists of steps take, where zeros are skipped.</summary>
    public int StepsLength { get; }

    /// <summary>Floats that the packed blocks of B and A and the lists take, in this order.</summary>
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
