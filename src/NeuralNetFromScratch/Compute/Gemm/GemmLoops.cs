using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The five loops around the micro-kernel, on one worker, named as in the BLIS papers. K is never divided among workers and its
/// blocks follow one another, so that every element of C stays one chain of multiply-adds.
/// </summary>
internal static unsafe class GemmLoops<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    public static void Run<TEpilogue>(in Product product, in GemmPlan plan, float* space, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        if (product.Rows == 1 && product.BColumn == 1 && product.CColumn == 1)
        {
            if (product.SkipsZeros)
                RunRow<NonzeroSteps>(product);
            else
                RunRow<AllSteps>(product);
            epilogue.Apply<TSimd>(product);
        }
        else
        {
            RunLoops(product, plan, space, epilogue);
        }
    }

    private static void RunRow<TSteps>(in Product product)
        where TSteps : struct, ISteps
    {
        int column = 0;
        for (; column <= product.Columns - RowKernel<TSimd>.Columns; column += RowKernel<TSimd>.Columns)
            RowKernel<TSimd>.Run<TSteps>(product, column);
        RowKernel<TSimd>.RunLast<TSteps>(product, column);
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static void RunLoops<TEpilogue>(in Product product, in GemmPlan plan, float* space, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        float* packedB = space;
        float* packedA = space + (nint)plan.Columns * plan.Depth;
        int* lists = (int*)(packedA + (nint)plan.Rows * plan.Depth);

        // LOOP 5: columns of C, a block of B at a time
        for (int column = 0; column < product.Columns; column += plan.Columns)
        {
            int columns = Math.Min(plan.Columns, product.Columns - column);

            // LOOP 4: steps of k
            for (int block = 0; block < plan.DepthBlocks; block++)
            {
                Section k = Section.Of(product.Depth, 1, block, plan.DepthBlocks);
                bool accumulate = product.Accumulate || block > 0;
                Panels b = Panels.Of<TSimd>(
                    product.B + column * product.BColumn + k.Start * product.BRow,
                    columns, product.BColumn, k.Count, product.BRow, plan.TileColumns, KernelColumns(Last(columns, plan.TileColumns)), plan.PacksB, packedB);

                // LOOP 3: rows of C, a block of A at a time
                for (int row = 0; row < product.Rows; row += plan.Rows)
                {
                    int rows = Math.Min(plan.Rows, product.Rows - row);
                    Panels a = Panels.Of<TSimd>(
                        product.A + row * product.ARow + k.Start * product.AColumn,
                        rows, product.ARow, k.Count, product.AColumn, plan.TileRows, KernelRows(Last(rows, plan.TileRows)), plan.PacksA, packedA);
                    Product part = product.Block(new(row, rows), new(column, columns)) with { Depth = k.Count, Accumulate = accumulate };
                    StepLists steps = new(lists, k.Count);
                    if (product.SkipsZeros)
                    {
                        ListSteps(rows, plan, a, steps);
                        RunBlock<NonzeroSteps>(part, plan, a, b, steps);
                    }
                    else
                    {
                        RunBlock<AllSteps>(part, plan, a, b, steps);
                    }

                    if (block == plan.DepthBlocks - 1)
                        epilogue.Apply<TSimd>(part);
                }
            }
        }
    }

    private static void ListSteps(int rows, in GemmPlan plan, in Panels a, StepLists steps)
    {
        for (int row = 0; row < rows; row += plan.TileRows)
        {
            a.Locate(row, out float* panel, out _, out nint stepStride);
            steps.Fill(row / plan.TileRows, panel, KernelRows(Math.Min(plan.TileRows, rows - row)), stepStride);
        }
    }

    [MethodImpl(HotPath.CompileOnce | MethodImplOptions.NoInlining)]
    private static void RunBlock<TSteps>(in Product block, in GemmPlan plan, in Panels a, in Panels b, StepLists steps)
        where TSteps : struct, ISteps
    {
        // LOOP 2: panels of B
        for (int column = 0; column < block.Columns; column += plan.TileColumns)
        {
            int columns = Math.Min(plan.TileColumns, block.Columns - column);
            bool isWhole = columns == KernelColumns(columns) && block.CColumn == 1;
            Tile tile = new()
            {
                Depth = block.Depth,
                CRow = block.CRow,
                Accumulate = block.Accumulate,
            };
            b.Locate(column, out tile.B, out _, out tile.BStep);

            // LOOP 1: panels of A
            for (int row = 0; row < block.Rows; row += plan.TileRows)
            {
                int rows = Math.Min(plan.TileRows, block.Rows - row);
                a.Locate(row, out tile.A, out tile.ARow, out tile.AStep);
                if (TSteps.SkipZeros)
                    steps.Locate(row / plan.TileRows, out tile.Steps, out tile.Depth);
                tile.C = block.C + row * block.CRow + column * block.CColumn;
                if (isWhole && rows == KernelRows(rows))
                    RunTile<TSteps>(tile, rows, columns);
                else
                    RunEdgeTile<TSteps>(tile, plan, rows, columns, block.CColumn);
            }
        }
    }

    /// <summary>A tile that C does not wholly hold is computed in a buffer, of which the part that exists is copied.</summary>
    [SkipLocalsInit]
    [MethodImpl(HotPath.CompileOnce)]
    private static void RunEdgeTile<TSteps>(Tile tile, in GemmPlan plan, int rows, int columns, nint cColumn)
        where TSteps : struct, ISteps
    {
        float* buffer = stackalloc float[Blocking.MostTileElements];
        Tile whole = tile with { C = buffer, CRow = plan.TileColumns };
        if (tile.Accumulate)
            Copy(tile.C, tile.CRow, cColumn, buffer, plan.TileColumns, 1, rows, columns);
        RunTile<TSteps>(whole, rows, columns);
        Copy(buffer, plan.TileColumns, 1, tile.C, tile.CRow, cColumn, rows, columns);
    }

    /// <summary>The rows of the smallest kernel that computes a panel of so many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int KernelRows(int rows) => rows > 8 ? 12 : rows > 4 ? (TSimd.Width == 16 ? 8 : 6) : rows > 1 ? 4 : 1;

    /// <summary>The columns of the smallest kernel that computes a panel of so many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int KernelColumns(int columns) => columns > TSimd.Width ? 2 * TSimd.Width : TSimd.Width;

    /// <summary>How many lanes the last panel has.</summary>
    private static int Last(int lanes, int panelWidth) => (lanes - 1) % panelWidth + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunTile<TSteps>(in Tile tile, int rows, int columns)
        where TSteps : struct, ISteps
    {
        if (columns > TSimd.Width)
            RunTile<Two, TSteps>(tile, rows);
        else
            RunTile<One, TSteps>(tile, rows);
    }

    /// <summary>12, 8, 4 and 1 rows where 24 sums fit in registers, 6, 4 and 1 where 12 do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunTile<TVectors, TSteps>(in Tile tile, int rows)
        where TVectors : struct, ICount
        where TSteps : struct, ISteps
    {
        if (rows == 1)
            MicroKernel<TSimd, One, TVectors, TSteps>.Run(tile);
        else if (rows <= 4)
            MicroKernel<TSimd, Four, TVectors, TSteps>.Run(tile);
        else if (TSimd.Width < 16)
            RunWholeTile<Six, TVectors, TSteps>(tile);
        else if (rows <= 8)
            MicroKernel<TSimd, Eight, TVectors, TSteps>.Run(tile);
        else
            RunWholeTile<Twelve, TVectors, TSteps>(tile);
    }

    /// <summary>The tiles that most of the work is in have a kernel for compact steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunWholeTile<TRows, TVectors, TSteps>(in Tile tile)
        where TRows : struct, ICount
        where TVectors : struct, ICount
        where TSteps : struct, ISteps
    {
        if (!TSteps.SkipZeros && tile.ARow == 1 && tile.BStep == TVectors.Value * TSimd.Width)
            MicroKernel<TSimd, TRows, TVectors, CompactSteps>.Run(tile);
        else
            MicroKernel<TSimd, TRows, TVectors, TSteps>.Run(tile);
    }

    /// <summary>Copies a part of C to or from a buffer whose rows are contiguous; C's columns may be contiguous instead of its rows.</summary>
    private static void Copy(
        float* source, nint sourceRow, nint sourceColumn, float* destination, nint destinationRow, nint destinationColumn, int rows, int columns)
    {
        if (sourceRow == 1)
            Packing<TSimd>.CopyLanes(source, columns, sourceColumn, rows, 1, destinationRow, destination);
        else if (destinationRow == 1)
            Packing<TSimd>.CopyLanes(source, rows, sourceRow, columns, 1, destinationColumn, destination);
        else
            CopyRows(source, sourceRow, sourceColumn, destination, destinationRow, destinationColumn, rows, columns);
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static void CopyRows(
        float* source, nint sourceRow, nint sourceColumn, float* destination, nint destinationRow, nint destinationColumn, int rows, int columns)
    {
        for (int row = 0; row < rows; row++)
        {
            if (sourceColumn == 1 && destinationColumn == 1)
            {
                for (int column = 0; column < columns; column += TSimd.Width)
                    PartialVector.Store(PartialVector.Load<TSimd>(source + column, columns - column), destination + column, columns - column);
            }
            else
            {
                for (int column = 0; column < columns; column++)
                    destination[column * destinationColumn] = source[column * sourceColumn];
            }

            source += sourceRow;
            destination += destinationRow;
        }
    }
}
