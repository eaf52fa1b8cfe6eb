using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>
/// The inner loop a register at a time, with multiply-add in one instruction. Each of them still loads a register of B, loads one of C and
/// stores it: the arithmetic waits for memory.
/// </summary>
internal readonly unsafe struct VectorRung : IRung
{
    public static string Name => "vectors in the inner loop";

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
                TSimd factor = TSimd.Broadcast(a[k]);
                float* b = product.B + k * product.BRow;
                for (nint j = 0; j < product.Columns; j += TSimd.Width)
                    TSimd.Store(TSimd.MultiplyAdd(factor, TSimd.Load(b + j), TSimd.Load(c + j)), c + j);
            }
        }
    }
}
