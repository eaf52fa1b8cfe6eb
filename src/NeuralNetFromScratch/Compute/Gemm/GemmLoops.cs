using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The five loops around the micro-kernel, on one worker, named as in the BLIS papers. K is never divided among workers and its blocks follow one
/// another, so that every element of C is one chain of multiply-adds.
/// </summary>
internal static unsafe class GemmLoops<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    public static void Run<TEpilogue>(in GemmOperands operands, GemmOptions options, in GemmPlan plan, float* space, scoped TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue, allows ref struct
    {
        if (plan.IsRow)
        {
            if (options.SkipsZeros)
                RunRow<NonzeroSteps>(operands, options.Accumulate);
            else
                RunRow<AllSteps>(operands, options.Accumulate);
            epilogue.Apply<TSimd>(operands);
        }
        else
        {
            var a = new StridedSource(operands.A, operands.ARow, operands.AColumn);
            var b = new StridedSource(operands.B, operands.BColumn, operands.BRow);
            RunLoops(operands, a, b, options, plan, space, epilogue);
        }
    }

    private static void RunRow<TSteps>(in GemmOperands operands, bool accumulate)
        where TSteps : struct, ISteps
    {
        int column = 0;
        for (; column <= operands.Columns - RowKernel<TSimd>.Columns; column += RowKernel<TSimd>.Columns)
            RowKernel<TSimd>.Run<TSteps>(operands, accumulate, column);
        RowKernel<TSimd>.RunLast<TSteps>(operands, accumulate, column);
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static void RunLoops<TLeft, TRight, TEpilogue>(
        in GemmOperands operands, TLeft left, TRight right, GemmOptions options, in GemmPlan plan, float* space, scoped TEpilogue epilogue)
        where TLeft : struct, IPanelSource
        where TRight : struct, IPanelSource
        where TEpilogue : struct, IEpilogue, allows ref struct
    {
        float* packedB = space;
        float* packedA = space + (nint)plan.Columns * plan.Depth;
        int* lists = (int*)(packedA + (nint)plan.Rows * plan.Depth);

        // LOOP 5: columns of C, a block of B at a time
        for (int column = 0; column < operands.Columns; column += plan.Columns)
        {
            Section columns = new(column, Math.Min(plan.Columns, operands.Columns - column));

            // LOOP 4: steps of k
            for (int block = 0; block < plan.DepthBlocks; block++)
            {
                Section k = Section.Of(operands.Depth, 1, block, plan.DepthBlocks);
                bool accumulate = options.Accumulate || block > 0;
                Panels b = right.Read<TSimd>(columns, k, plan.TileColumns, KernelColumns(Last(columns.Count, plan.TileColumns)), plan.PacksB, packedB);

                // LOOP 3: rows of C, a block of A at a time
                for (int row = 0; row < operands.Rows; row += plan.Rows)
                {
                    Section rows = new(row, Math.Min(plan.Rows, operands.Rows - row));
                    Panels a = left.Read<TSimd>(rows, k, plan.TileRows, KernelRows(Last(rows.Count, plan.TileRows)), plan.PacksA, packedA);
                    GemmOperands part = operands.Block(rows, columns) with { Depth = k.Count };
                    StepLists steps = new(lists, k.Count);
                    if (options.SkipsZeros)
                    {
                        ListSteps(rows.Count, plan, a, steps);
                        RunBlock<NonzeroSteps, Panels>(part, accumulate, plan, a, b, steps);
                    }
                    else
                    {
                        RunBlock<AllSteps, Panels>(part, accumulate, plan, a, b, steps);
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

    /// <summary>LOOP 2 and LOOP 1: the tiles of a block of C.</summary>
    [MethodImpl(HotPath.CompileOnce | MethodImplOptions.NoInlining)]
    public static void RunBlock<TSteps, TPanels>(in GemmOperands block, bool accumulate, in GemmPlan plan, in TPanels a, in Panels b, StepLists steps)
        where TSteps : struct, ISteps
        where TPanels : struct, IPanels
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
                Accumulate = accumulate,
            };
            b.Locate(column, out tile.B, out _, out tile.BStep);

            // LOOP 1: panels of A
            for (int row = 0; row < block.Rows; row += plan.TileRows)
            {
                int rows = Math.Min(plan.TileRows, block.Rows - row);
                a.Locate(row, ref tile);
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

    /// <summary>Computes a tile that is not completely within C in a buffer, and copies its valid part.</summary>
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

    /// <summary>Returns the number of rows of the smallest kernel that computes a panel of this size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int KernelRows(int rows) => rows > 4 ? (TSimd.HasThirtyTwoRegisters ? (rows > 10 ? 12 : rows > 8 ? 10 : 8) : 6) : rows > 1 ? 4 : 1;

    /// <summary>Returns the number of columns of the smallest kernel that computes a panel of this size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int KernelColumns(int columns) => columns > TSimd.Width ? 2 * TSimd.Width : TSimd.Width;

    /// <summary>Returns the number of lanes of the last panel.</summary>
    private static int Last(int lanes, int panelWidth) => (lanes - 1) % panelWidth + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunTile<TSteps>(in Tile tile, int rows, int columns)
        where TSteps : struct, ISteps
    {
        if (columns > TSimd.Width && TSimd.HasCheaperHalf && columns <= TSimd.Width + TSimd.Width / 2)
            RunTile<OneAndHalf, TSteps>(tile, rows);
        else if (columns > TSimd.Width)
            RunTile<Two, TSteps>(tile, rows);
        else
            RunTile<One, TSteps>(tile, rows);
    }

    /// <summary>12, 10, 8, 4 and 1 rows where 24 sums fit in registers, 6, 4 and 1 where 12 do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunTile<TVectors, TSteps>(in Tile tile, int rows)
        where TVectors : struct, ICount
        where TSteps : struct, ISteps
    {
        if (rows == 1)
            MicroKernel<TSimd, One, TVectors, TSteps>.Run(tile);
        else if (rows <= 4)
            MicroKernel<TSimd, Four, TVectors, TSteps>.Run(tile);
        else if (!TSimd.HasThirtyTwoRegisters)
            RunWholeTile<Six, TVectors, TSteps>(tile);
        else if (rows <= 8)
            MicroKernel<TSimd, Eight, TVectors, TSteps>.Run(tile);
        else if (rows <= 10)
            RunWholeTile<Ten, TVectors, TSteps>(tile);
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
        if (!TSteps.SkipZeros && !TSteps.ArePatches && tile.ARow == 1 && tile.BStep == TVectors.Value * TSimd.Width)
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
