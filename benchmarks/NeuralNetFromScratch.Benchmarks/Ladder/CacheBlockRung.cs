using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>
/// The same tiles in an order that reuses what the caches hold: so many steps of k at a time that a strip of B fits the first level, and so
/// many rows that their part of A fits the second. Nothing is copied, so that a strip still takes a piece of one row after another.
/// </summary>
internal readonly unsafe struct CacheBlockRung : IRung
{
    public static string Name => "blocks for the caches";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TSimd>(in GemmOperands product, float* space)
        where TSimd : struct, ISimd<TSimd>
    {
        Blocking blocking = LadderTile.BlockingFor<TSimd>();
        for (int k = 0; k < product.Depth; k += blocking.Depth)
        {
            for (int blockRow = 0; blockRow < product.Rows; blockRow += blocking.BlockRows)
            {
                int endRow = Math.Min(blockRow + blocking.BlockRows, product.Rows);
                for (int column = 0; column < product.Columns; column += blocking.TileColumns)
                {
                    for (int row = blockRow; row < endRow; row += blocking.TileRows)
                    {
                        LadderTile.Run<TSimd>(new Tile
                        {
                            Depth = Math.Min(blocking.Depth, product.Depth - k),
                            A = product.A + row * product.ARow + k,
                            ARow = product.ARow,
                            AStep = 1,
                            B = product.B + k * product.BRow + column,
                            BStep = product.BRow,
                            C = product.C + row * product.CRow + column,
                            CRow = product.CRow,
                            Accumulate = k > 0,
                        });
                    }
                }
            }
        }
    }
}
