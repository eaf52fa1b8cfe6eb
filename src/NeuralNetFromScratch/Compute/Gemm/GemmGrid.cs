namespace NeuralNetFromScratch.Compute;

/// <summary>
/// How a product is divided among workers: into <see cref="RowParts"/> × <see cref="ColumnParts"/> blocks of C. The division never
/// changes a result, because every element of C is summed by one worker in one order.
/// </summary>
internal readonly record struct GemmGrid(int RowParts, int ColumnParts)
{
    /// <summary>Fewest multiply-adds that are worth waking a worker for; about two microseconds of work.</summary>
    private const long GrainSize = 100_000;

    public int Parts => RowParts * ColumnParts;

    /// <summary>
    /// The division with the least time for the slowest worker: its tiles, and the packing that it repeats, which for B is dearer than
    /// for A.
    /// </summary>
    public static GemmGrid For(in Product product, SimdWidth width, int workers)
    {
        long work = (long)product.Rows * product.Columns * product.Depth;
        workers = (int)Math.Min(workers, Math.Max(1, work / GrainSize));
        (int tileRows, int tileColumns, _, _, _) = Blocking.For(width);
        int rowTiles = (product.Rows + tileRows - 1) / tileRows;
        int columnTiles = (product.Columns + tileColumns - 1) / tileColumns;
        GemmGrid best = new(1, 1);
        long bestCost = long.MaxValue;
        for (int rowParts = 1; rowParts <= Math.Min(workers, rowTiles); rowParts++)
        {
            int columnParts = Math.Min(workers / rowParts, columnTiles);
            long rows = (rowTiles + rowParts - 1) / rowParts * tileRows;
            long columns = (columnTiles + columnParts - 1) / columnParts * tileColumns;
            long cost = rows * columns + 4 * rows + 16 * columns;
            if (cost < bestCost)
                (best, bestCost) = (new(rowParts, columnParts), cost);
        }

        return best;
    }

    /// <summary>One worker's part of a product.</summary>
    public Product Part(in Product product, SimdWidth width, int worker)
    {
        var blocking = Blocking.For(width);
        return product.Block(
            Section.Of(product.Rows, blocking.TileRows, worker / ColumnParts, RowParts),
            Section.Of(product.Columns, blocking.TileColumns, worker % ColumnParts, ColumnParts));
    }
}
