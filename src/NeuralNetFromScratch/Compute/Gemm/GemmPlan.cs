namespace NeuralNetFromScratch.Compute;

/// <summary>How one worker goes through a product: the sizes of its blocks, and what it packs.</summary>
internal readonly record struct GemmPlan
{
    public GemmPlan(in Product product, SimdWidth width)
    {
        var blocking = Blocking.For(width);
        // Where one register holds a row of C, panels of B are half as wide, and can be twice as deep.
        bool isNarrow = product.Columns <= blocking.TileColumns / 2;
        TileRows = blocking.TileRows;
        TileColumns = isNarrow ? blocking.TileColumns / 2 : blocking.TileColumns;
        DepthBlocks = Math.Max(1, DivideUp(product.Depth, isNarrow ? 2 * blocking.Depth : blocking.Depth));
        Depth = DivideUp(product.Depth, DepthBlocks);
        Columns = Math.Min(DivideUp(product.Columns, TileColumns) * TileColumns, blocking.BlockColumns);
        Rows = Math.Min(DivideUp(product.Rows, TileRows) * TileRows, blocking.BlockRows);
        PacksB = product.BColumn != 1 || product.Rows > 2 * TileRows;

        // A is read in place while few panels of B pass by, or while it lies with its rows together and few enough steps of k that
        // all of a panel's lines stay in the first-level cache.
        bool isReadOften = product.Columns > 4 * TileColumns;
        bool isShort = product.ARow == 1 && product.Depth <= 192;
        PacksA = (product.AColumn != 1 && product.ARow != 1) || (isReadOften && !isShort) || (product.SkipsZeros && product.ARow != 1);
        StepsLength = product.SkipsZeros ? StepLists.LengthFor(Rows / TileRows, Depth) : 0;
    }

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
    public int SpaceLength => (Columns + Rows) * Depth + StepsLength;

    private static int DivideUp(int value, int divisor) => (value - 1 + divisor) / divisor;
}
