using System.Runtime.Intrinsics;

namespace NeuralNetFromScratch.Compute;

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
