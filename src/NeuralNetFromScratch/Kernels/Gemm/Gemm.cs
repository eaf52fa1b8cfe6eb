using System.Buffers;

namespace NeuralNetFromScratch.Kernels;

/// <summary>The matrix product, on an engine's workers or on the caller's thread.</summary>
internal static unsafe class Gemm
{
    public static void Run(Engine engine, in Product product) => Run(engine, product, default(StoreEpilogue));

    public static void Run<TEpilogue>(Engine engine, in Product product, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        if (product.Rows == 0 || product.Columns == 0)
            return;
        var grid = GemmGrid.For(product, engine.Width, engine.Threads);
        engine.Run(new GemmJob<TEpilogue>(engine, product, epilogue, grid), grid.Parts);
    }

    /// <summary>On the caller's thread, with borrowed memory for the packed blocks.</summary>
    public static void RunHere(in Product product)
    {
        if (product.Rows == 0 || product.Columns == 0)
            return;
        SimdWidth width = SimdWidths.Best;
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
