using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NeuralNetFromScratch.Compute;

/// <summary>Looks whether a product with a matrix on the left is faster if steps of zeros are left out.</summary>
internal static class ZeroScan
{
    /// <summary>Rows that are looked at together: those of a tile.</summary>
    private const int PanelRows = 6;

    /// <summary>
    /// Whether a large share of the columns is zero in some rows that lie together: the first ones, and others from the middle. A single row has a
    /// product of its own, to which each zero counts.
    /// </summary>
    public static bool Pays(ReadOnlyMatrixView matrix)
    {
        if (matrix.Rows == 0 || matrix.ColumnStride != 1)
            return false;
        int rows = Math.Min(matrix.Rows, PanelRows), zeros = CountZeroColumns(matrix, 0, rows);
        if (matrix.Rows == rows)
            return zeros >= matrix.Columns * Tuning.LeastShareOfZeroSteps;
        zeros += CountZeroColumns(matrix, (matrix.Rows - rows) / 2, rows);
        return zeros >= 2 * matrix.Columns * Tuning.LeastShareOfZeroSteps;
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static int CountZeroColumns(ReadOnlyMatrixView matrix, int start, int rows)
    {
        ReadOnlyMatrixView panel = matrix.SliceRows(start, rows);
        ref float first = ref MemoryMarshal.GetReference(panel.Values);
        int zeros = 0, column = 0;
        for (; column <= panel.Columns - Vector256<float>.Count; column += Vector256<float>.Count)
        {
            var isZero = Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)column), Vector256<float>.Zero);
            for (int row = 1; row < rows; row++)
                isZero &= Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)(row * panel.RowStride + column)), Vector256<float>.Zero);
            zeros += BitOperations.PopCount(isZero.ExtractMostSignificantBits());
        }

        for (; column < panel.Columns; column++)
        {
            bool isZero = true;
            for (int row = 0; row < rows; row++)
                isZero &= panel[row, column] == 0;
            zeros += isZero ? 1 : 0;
        }

        return zeros;
    }
}
