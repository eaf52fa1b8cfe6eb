using System.Buffers;
using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The matrix product, on an engine's workers or on the caller's thread.</summary>
internal static unsafe class Gemm
{
    public static void Run(Engine engine, in Product product) =>
        Run(engine, FillsLanesTransposed(product, engine.Width) ? product.Transposed() : product, default(StoreEpilogue));

    [MethodImpl(HotPath.CompileOnce)]
    public static void Run<TEpilogue>(Engine engine, in Product product, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        if (product.Rows == 0 || product.Columns == 0)
            return;
        var grid = GemmGrid.For(product, engine.Width, engine.Threads);
        engine.Run(new GemmJob<TEpilogue>(engine, product, epilogue, grid), grid.Parts);
    }

    /// <summary>
    /// Whether Cᵀ = Bᵀ·Aᵀ is the better order: a C so narrow that its rows would leave lanes of a register empty, from an A whose rows
    /// lie together and fill them. Ten columns of weight gradients are the case in point.
    /// </summary>
    private static bool FillsLanesTransposed(in Product product, SimdWidth width)
    {
        int tileColumns = Blocking.For(width).TileColumns;
        return !product.SkipsZeros && product.ARow == 1 && product.Rows >= tileColumns && product.Columns < tileColumns && product.Columns != tileColumns / 2;
    }

    /// <summary>On the caller's thread, with borrowed memory for the packed blocks.</summary>
    public static void RunHere(in Product product)
    {
        if (product.Rows == 0 || product.Columns == 0)
            return;
        SimdWidth width = SimdWidths.Best;
        RunHere(FillsLanesTransposed(product, width) ? product.Transposed() : product, width);
    }

    private static void RunHere(in Product product, SimdWidth width)
    {
        var plan = new GemmPlan(product, width);
        float[] rented = ArrayPool<float>.Shared.Rent(plan.SpaceLength + AlignedMemory.Alignment);
        fixed (float* space = rented)
        {
            var kernel = new GemmKernel<StoreEpilogue>(product, plan, AlignedMemory.Align(space), default);
            SimdDispatch.Run(width, ref kernel);
        }

        ArrayPool<float>.Shared.Return(rented);
    }
}
