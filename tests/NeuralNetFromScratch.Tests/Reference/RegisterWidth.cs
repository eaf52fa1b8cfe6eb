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
