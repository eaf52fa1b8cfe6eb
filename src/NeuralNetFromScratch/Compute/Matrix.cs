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
        Multiply(null, left, right, destination);

    internal static unsafe void Multiply(Engine? engine, ReadOnlyMatrixView left, ReadOnlyMatrixView right, MatrixView destination)
    {
        if (left.Columns != right.Rows || left.Rows != destination.Rows || right.Columns != destination.Columns)
            throw new ArgumentException(
                $"cannot multiply [{left.Rows}, {left.Columns}] by [{right.Rows}, {right.Columns}] into [{destination.Rows}, {destination.Columns}]");
        if (destination.Values.Overlaps(left.Values) || destination.Values.Overlaps(right.Values))
            throw new ArgumentException("the destination shares memory with a factor", nameof(destination));
        fixed (float* a = left.Values, b = right.Values, c = destination.Values)
        {
            Product product = new()
            {
                Rows = left.Rows,
                Columns = right.Columns,
                Depth = left.Columns,
                A = a,
                ARow = left.RowStride,
                AColumn = left.ColumnStride,
                B = b,
                BRow = right.RowStride,
                BColumn = right.ColumnStride,
                C = c,
                CRow = destination.RowStride,
                CColumn = destination.ColumnStride,
            };
            if (product.CColumn != 1 && product.CRow == 1)
                product = product.Transposed();
            if (engine is null)
                Gemm.RunHere(product);
            else
                Gemm.Run(engine, product);
        }
    }
}
