using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Operations on matrices.</summary>
public static class Matrix
{
    /// <summary>
    /// The matrix product C = A·B on the calling thread; <see cref="Engine.Multiply"/> does it on several, with the same bits.
    /// Transposed views (see <see cref="ReadOnlyMatrixView.Transposed"/>) cost next to nothing. Each element is summed in the
    /// order of the depth with fused multiply-adds: <c>|Ĉ − C| ≤ depth · 2⁻²⁴ · (|A|·|B|)</c>. A depth of 0 gives zeros.
    /// </summary>
    /// <param name="left">A: [rows, depth].</param>
    /// <param name="right">B: [depth, columns].</param>
    /// <param name="destination">C: [rows, columns]; what it held is overwritten. It must not share memory with A or B.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or C overlaps A or B.</exception>
    public static void Multiply(ReadOnlyMatrixView left, ReadOnlyMatrixView right, MatrixView destination) =>
        Gemm.Multiply(left, right, destination);
}
