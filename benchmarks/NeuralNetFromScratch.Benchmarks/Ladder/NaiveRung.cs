using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>
/// The definition: <c>C[i, j] = Σₖ A[i, k]·B[k, j]</c>. Each addition waits for the one before it, and each step of k reads B a whole row
/// further on, so that a cache line of 16 floats is fetched for one of them.
/// </summary>
internal readonly unsafe struct NaiveRung : IRung
{
    public static string Name => "three loops: i, j, k";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TSimd>(in GemmOperands product, float* space)
        where TSimd : struct, ISimd<TSimd>
    {
        float* a = product.A, b = product.B, c = product.C;
        nint aRow = product.ARow, bRow = product.BRow, cRow = product.CRow;
        for (nint i = 0; i < product.Rows; i++)
        {
            for (nint j = 0; j < product.Columns; j++)
            {
                float sum = 0;
                for (nint k = 0; k < product.Depth; k++)
                    sum += a[i * aRow + k] * b[k * bRow + j];
                c[i * cRow + j] = sum;
            }
        }
    }
}
