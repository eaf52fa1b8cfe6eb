using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>
/// The same blocks, copied first into the order in which the tiles read them, so that every panel is one piece of memory: a panel of B
/// holds a tile's columns step by step, a panel of A a tile's rows step by step.
/// </summary>
internal readonly unsafe struct PackingRung : IRung
{
    public static string Name => "packed panels";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TSimd>(in GemmOperands product, float* space)
        where TSimd : struct, ISimd<TSimd>
    {
        Blocking blocking = LadderTile.BlockingFor<TSimd>();
        float* packedB = space, packedA = space + (nint)product.Columns * product.Depth;
        for (int k = 0; k < product.Depth; k += blocking.Depth)
        {
            int depth = Math.Min(blocking.Depth, product.Depth - k);
            Pack(product.B + k * product.BRow, product.Columns, 1, depth, product.BRow, blocking.TileColumns, packedB);
            for (int blockRow = 0; blockRow < product.Rows; blockRow += blocking.BlockRows)
            {
                int rows = Math.Min(blocking.BlockRows, product.Rows - blockRow);
                Pack(product.A + blockRow * product.ARow + k, rows, product.ARow, depth, 1, blocking.TileRows, packedA);
                for (int column = 0; column < product.Columns; column += blocking.TileColumns)
                {
                    for (int row = 0; row < rows; row += blocking.TileRows)
                    {
                        LadderTile.Run<TSimd>(new Tile
                        {
                            Depth = depth,
                            A = packedA + row * depth,
                            ARow = 1,
                            AStep = blocking.TileRows,
                            B = packedB + column * depth,
                            BStep = blocking.TileColumns,
                            C = product.C + (blockRow + row) * product.CRow + column,
                            CRow = product.CRow,
                            Accumulate = k > 0,
                        });
                    }
                }
            }
        }
    }

    /// <summary>Panels of so many lanes (rows of A, columns of B), each step by step, as plainly as it can be said.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(float* source, int lanes, nint laneStride, int depth, nint stepStride, int width, float* destination)
    {
        for (int start = 0; start < lanes; start += width)
        {
            for (int step = 0; step < depth; step++)
            {
                for (int lane = start; lane < start + width; lane++)
                    *destination++ = source[lane * laneStride + step * stepStride];
            }
        }
    }
}
