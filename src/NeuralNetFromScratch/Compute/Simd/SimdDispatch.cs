namespace NeuralNetFromScratch.Compute;

/// <summary>The one place that turns a width, known at run time, into a register type, known to the JIT.</summary>
internal static class SimdDispatch
{
    public static void Run<TKernel>(SimdWidth width, ref TKernel kernel)
        where TKernel : struct, ISimdKernel, allows ref struct
    {
        switch (width)
        {
            case SimdWidth.Bits512: kernel.Run<Simd512>(); break;
            case SimdWidth.Bits256: kernel.Run<Simd256>(); break;
            case SimdWidth.Bits128: kernel.Run<Simd128>(); break;
            default: kernel.Run<SimdScalar>(); break;
        }
    }
}
