namespace NeuralNetFromScratch.Compute;

/// <summary>The register width that an engine's kernels are compiled for.</summary>
internal enum SimdWidth
{
    Scalar,
    Bits128,
    Bits256,
    Bits512,
}
