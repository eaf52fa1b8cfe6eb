using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NeuralNetFromScratch.Compute;

/// <summary>Determines whether a product is faster if steps of zeros are skipped.</summary>
internal static class ZeroScan
{
    /// <summary>The number of rows that are examined together: those of a tile.</summary>
    private const int PanelRows = 6;

    /// <summary>
    /// Whether a large fraction of the columns is zero in some adjacent rows: the first ones, and others from the middle. A single row has a
    /// separate product, in which each zero counts.
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
