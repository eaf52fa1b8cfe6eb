using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>The library's register widths under a name that public tests may take.</summary>
public enum RegisterWidth
{
    Scalar = SimdWidth.Scalar,
    Bits128 = SimdWidth.Bits128,
    Bits256 = SimdWidth.Bits256,
    Bits512 = SimdWidth.Bits512,
}

/// <summary>What a process can do with registers of a width.</summary>
internal static class RegisterWidths
{
    /// <summary>Skips a test of bits where registers, emulated by the runtime, have no fused multiply-add; no engine takes them there.</summary>
    public static void AssumeUsed(this RegisterWidth width) =>
        Assume.That(Engine.HasFusedMultiplyAdd || width <= RegisterWidth.Bits128, "no engine takes this width here");
}
