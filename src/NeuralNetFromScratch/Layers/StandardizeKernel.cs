using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>y = (x − mean) / deviation</c> over some rows.</summary>
internal unsafe struct StandardizeKernel : IRowKernel
{
    /// <summary>How many of a row's values are standardized, and the distance between rows.</summary>
    public int Columns, Stride;

    /// <summary>[rows, Stride].</summary>
    public float* X, Y;

    /// <summary>[Columns].</summary>
    public float* Mean, Deviation;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section rows)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int row = rows.Start; row < rows.End; row++)
        {
            float* x = X + (nint)row * Stride;
            float* y = Y + (nint)row * Stride;
            for (int i = 0; i < Columns; i += TSimd.Width)
            {
                TSimd centred = PartialVector.Load<TSimd>(x + i, Columns - i) - PartialVector.Load<TSimd>(Mean + i, Columns - i);
                PartialVector.Store(centred / PartialVector.Load<TSimd>(Deviation + i, Columns - i), y + i, Columns - i);
            }
        }
    }
}
