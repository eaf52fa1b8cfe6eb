using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>
/// A tile of C stays in registers while k runs through the whole depth: a step loads two registers of B and, on 256 bits, makes twelve
/// multiply-adds of them. But a strip of B is as long as the matrix, and each of its steps lies in another row.
/// </summary>
internal readonly unsafe struct RegisterTileRung : IRung
{
    public static string Name => "tiles of C in registers";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TSimd>(in GemmOperands product, float* space)
        where TSimd : struct, ISimd<TSimd>
    {
        Blocking blocking = LadderTile.BlockingFor<TSimd>();
        for (int column = 0; column < product.Columns; column += blocking.TileColumns)
        {
            for (int row = 0; row < product.Rows; row += blocking.TileRows)
            {
                LadderTile.Run<TSimd>(new Tile
                {
                    Depth = product.Depth,
                    A = product.A + row * product.ARow,
                    ARow = product.ARow,
                    AStep = 1,
                    B = product.B + column,
                    BStep = product.BRow,
                    C = product.C + row * product.CRow + column,
                    CRow = product.CRow,
                });
            }
        }
    }
}
