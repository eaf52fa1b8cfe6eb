using System.Runtime.Intrinsics;

namespace NeuralNetFromScratch.Compute;

/// <summary>The register width that an engine's kernels are compiled for.</summary>
internal enum SimdWidth
{
    Scalar,
    Bits128,
    Bits256,
    Bits512,
}

/// <summary>Which register widths this processor has.</summary>
internal static class SimdWidths
{
    /// <summary>The widest that this processor accelerates.</summary>
    public static SimdWidth Best =>
        Vector512.IsHardwareAccelerated ? SimdWidth.Bits512
        : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256
        : Vector128.IsHardwareAccelerated ? SimdWidth.Bits128
        : SimdWidth.Scalar;
}

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
