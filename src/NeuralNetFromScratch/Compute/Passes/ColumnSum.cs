using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Sums over the rows of a batch, for some columns at once.</summary>
internal static class ColumnSum
{
    /// <summary>Rows that are summed before the sum joins the total: the rounding error of a long column stays that of a short one.</summary>
    private const int ChunkRows = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Of<TSimd, TTerm>(TTerm term, int rows)
        where TSimd : struct, ISimd<TSimd>
        where TTerm : struct, IRowTerm<TSimd>
    {
        TSimd total = TSimd.Zero;
        for (int start = 0; start < rows; start += ChunkRows)
        {
            int end = Math.Min(start + ChunkRows, rows);
            TSimd sum = TSimd.Zero;
            for (int row = start; row < end; row++)
                sum += term.At(row);
            total += sum;
        }

        return total;
    }
}
