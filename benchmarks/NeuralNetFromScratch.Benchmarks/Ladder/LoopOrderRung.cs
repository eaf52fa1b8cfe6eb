using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>
/// The same multiplications in another order: a row of C gathers multiples of rows of B, so that all memory is read along rows and
/// neighbouring sums do not wait for each other.
/// </summary>
internal readonly unsafe struct LoopOrderRung : IRung
{
    public static string Name => "loop order: i, k, j";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TSimd>(in GemmOperands product, float* space)
        where TSimd : struct, ISimd<TSimd>
    {
        for (nint i = 0; i < product.Rows; i++)
        {
            float* a = product.A + i * product.ARow, c = product.C + i * product.CRow;
            new Span<float>(c, product.Columns).Clear();
            for (nint k = 0; k < product.Depth; k++)
            {
                float factor = a[k];
                float* b = product.B + k * product.BRow;
                for (nint j = 0; j < product.Columns; j++)
                    c[j] += factor * b[j];
            }
        }
    }
}
