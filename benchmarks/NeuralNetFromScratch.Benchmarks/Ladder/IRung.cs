using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>
/// One way to multiply two matrices, a rung on the way from three loops to the library's product (docs/kernels.md). Matrices are row-major
/// and their sizes multiples of <see cref="LadderCommand.SizeGrain"/>, so that a rung shows its idea and no edges.
/// </summary>
internal unsafe interface IRung
{
    /// <summary>What it does that the rung below does not.</summary>
    static abstract string Name { get; }

    /// <summary>C = A·B on the calling thread.</summary>
    /// <param name="product">A, B and C.</param>
    /// <param name="space">Memory for copies of A and B, as many floats as both have together.</param>
    static abstract void Multiply<TSimd>(in GemmOperands product, float* space)
        where TSimd : struct, ISimd<TSimd>;
}
