using System.Buffers;
using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The matrix product, on an engine's workers or on the caller's thread.</summary>
internal static unsafe class Gemm
{
    /// <summary>Computes <c>C = A·B</c> on the calling thread, with borrowed memory for the packed blocks.</summary>
    public static void Multiply(ReadOnlyMatrixView left, ReadOnlyMatrixView right, MatrixView destination)
    {
        ThrowIfUnfit(left, right, destination);
        if (destination.Rows == 0 || destination.Columns == 0)
            return;
        SimdWidth width = SimdWidths.Best;
        fixed (float* a = left.Values, b = right.Values, c = destination.Values)
        {
            GemmOperands operands = InBestOrder(Operands(a, left, b, right, c, destination), default, width);
            var plan = new GemmPlan(operands, default, width);
            float[] rented = ArrayPool<float>.Shared.Rent(plan.SpaceLength + AlignedMemory.Alignment);
            fixed (float* space = rented)
            {
                var kernel = new GemmKernel<StoreEpilogue>(operands, default, plan, AlignedMemory.Align(space), default);
                SimdDispatch.Run(width, ref kernel);
            }

            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>Computes <c>C = A·B</c>, or adds it to C.</summary>
    public static void Multiply(this Engine engine, ReadOnlyMatrixView left, ReadOnlyMatrixView right, MatrixView destination, GemmOptions options) =>
        engine.Multiply(left, right, destination, options, default(StoreEpilogue));

    /// <summary>Computes <c>C = f(A·B)</c> with the function that an epilogue applies to finished sums.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or C overlaps A or B.</exception>
    [MethodImpl(HotPath.CompileOnce)]
    public static void Multiply<TEpilogue>(
        this Engine engine, ReadOnlyMatrixView left, ReadOnlyMatrixView right, MatrixView destination, GemmOptions options, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue, allows ref struct
    {
        ThrowIfUnfit(left, right, destination);
        if (destination.Rows == 0 || destination.Columns == 0)
            return;
        fixed (float* a = left.Values, b = right.Values, c = destination.Values)
        {
            GemmOperands operands = Operands(a, left, b, right, c, destination);
            if (TEpilogue.AllowsTransposing)
                operands = InBestOrder(operands, options, engine.Width);
            var grid = GemmGrid.For(operands, engine.Width, engine.WorkersFor((long)operands.Rows * operands.Columns * operands.Depth, Tuning.ProductGrain));
            engine.Run(new GemmJob<TEpilogue>(engine, operands, options, grid, epilogue), grid.Parts);
        }
    }

    private static void ThrowIfUnfit(ReadOnlyMatrixView left, ReadOnlyMatrixView right, MatrixView destination)
    {
        if (left.Columns != right.Rows || left.Rows != destination.Rows || right.Columns != destination.Columns)
            throw new ArgumentException(
                $"cannot multiply [{left.Rows}, {left.Columns}] by [{right.Rows}, {right.Columns}] into [{destination.Rows}, {destination.Columns}]");
        if (destination.Values.Overlaps(left.Values) || destination.Values.Overlaps(right.Values))
            throw new ArgumentException("the destination shares memory with a factor", nameof(destination));
    }

    private static GemmOperands Operands(float* a, ReadOnlyMatrixView left, float* b, ReadOnlyMatrixView right, float* c, MatrixView destination) => new()
    {
        Rows = left.Rows,
        Columns = right.Columns,
        Depth = left.Columns,
        A = a,
        ARow = left.RowStride,
        AColumn = left.ColumnStride,
        B = b,
        BRow = right.RowStride,
        BColumn = right.ColumnStride,
        C = c,
        CRow = destination.RowStride,
        CColumn = destination.ColumnStride,
    };

    /// <summary>
    /// Returns the product, or Cᵀ = Bᵀ·Aᵀ if that order is better: if C's columns are contiguous, or if C is so narrow that its rows would leave
    /// lanes of a register empty and the rows of A are adjacent and fill them. An example is the gradient of a weight with ten columns.
    /// </summary>
    internal static GemmOperands InBestOrder(GemmOperands operands, GemmOptions options, SimdWidth width)
    {
        if (options.SkipsZeros)
            return operands;
        if (operands.CColumn != 1 && operands.CRow == 1)
            operands = operands.Transposed();
        int tileColumns = Tuning.Blocking(width).TileColumns;
        bool fillsLanes = operands.ARow == 1 && operands.Rows >= tileColumns && operands.Columns < tileColumns && operands.Columns != tileColumns / 2;
        return fillsLanes ? operands.Transposed() : operands;
    }
}

/// <summary>
/// How a product is divided among workers: into <see cref="RowParts"/> × <see cref="ColumnParts"/> blocks of C. The division never
/// changes a result, because every element of C is summed by one worker in one order.
/// </summary>
internal readonly record struct GemmGrid(int RowParts, int ColumnParts)
{
    public int Parts => RowParts * ColumnParts;

    /// <summary>The division with the least time for the slowest worker: its tiles, and the packing that it repeats.</summary>
    public static GemmGrid For(in GemmOperands operands, SimdWidth width, int workers)
    {
        (int tileRows, int tileColumns, _, _, _) = Tuning.Blocking(width);
        int rowTiles = (operands.Rows + tileRows - 1) / tileRows;
        int columnTiles = (operands.Columns + tileColumns - 1) / tileColumns;
        GemmGrid best = new(1, 1);
        long bestCost = long.MaxValue;
        for (int rowParts = 1; rowParts <= Math.Min(workers, rowTiles); rowParts++)
        {
            int columnParts = Math.Min(workers / rowParts, columnTiles);
            long rows = (rowTiles + rowParts - 1) / rowParts * tileRows;
            long columns = (columnTiles + columnParts - 1) / columnParts * tileColumns;
            long cost = rows * columns + Tuning.RowPackingCost * rows + Tuning.ColumnPackingCost * columns;
            if (cost < bestCost)
                (best, bestCost) = (new(rowParts, columnParts), cost);
        }

        return best;
    }

    /// <summary>One worker's part of a product.</summary>
    public GemmOperands Part(in GemmOperands operands, SimdWidth width, int worker)
    {
        (Section rows, Section columns) = Sections(operands, width, worker);
        return operands.Block(rows, columns);
    }

    /// <summary>The rows and columns of C that one worker computes.</summary>
    public (Section Rows, Section Columns) Sections(in GemmOperands operands, SimdWidth width, int worker)
    {
        var blocking = Tuning.Blocking(width);
        return (Section.Of(operands.Rows, blocking.TileRows, worker / ColumnParts, RowParts), Section.Of(operands.Columns, blocking.TileColumns, worker % ColumnParts, ColumnParts));
    }
}

/// <summary>A matrix product whose C is cut into a grid of blocks, one for each worker.</summary>
internal readonly unsafe ref struct GemmJob<TEpilogue>(Engine engine, GemmOperands operands, GemmOptions options, GemmGrid grid, TEpilogue epilogue) : IJob
    where TEpilogue : struct, IEpilogue, allows ref struct
{
    private readonly Engine _engine = engine;
    private readonly GemmOperands _operands = operands;
    private readonly GemmOptions _options = options;
    private readonly GemmGrid _grid = grid;
    private readonly TEpilogue _epilogue = epilogue;

    public void Run(int worker, int workers)
    {
        GemmOperands part = _grid.Part(_operands, _engine.Width, worker);
        var plan = new GemmPlan(part, _options, _engine.Width);
        var kernel = new GemmKernel<TEpilogue>(part, _options, plan, _engine.Space(worker).Reserve(plan.SpaceLength), _epilogue);
        SimdDispatch.Run(_engine.Width, ref kernel);
    }
}

/// <summary>One worker's part of a matrix product, to be run with a register type.</summary>
internal readonly unsafe ref struct GemmKernel<TEpilogue>(GemmOperands operands, GemmOptions options, GemmPlan plan, float* space, TEpilogue epilogue)
    : ISimdKernel
    where TEpilogue : struct, IEpilogue, allows ref struct
{
    private readonly GemmOperands _operands = operands;
    private readonly GemmOptions _options = options;
    private readonly GemmPlan _plan = plan;
    private readonly float* _space = space;
    private readonly TEpilogue _epilogue = epilogue;

    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd> => GemmLoops<TSimd>.Run(_operands, _options, _plan, _space, _epilogue);
}
