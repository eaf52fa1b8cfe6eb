using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Normalization of some columns by given statistics: <c>y = γ·(x − mean)/√(variance + ε) + β</c>.</summary>
internal unsafe struct BatchNormApply : IColumnKernel
{
    public int Rows, Columns;
    public float Epsilon;

    /// <summary>[Rows, Columns].</summary>
    public float* X, Y;

    /// <summary>[Columns]; γ and β may be null for 1 and 0.</summary>
    public float* Scale, Shift, Mean, Variance;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section columns)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int column = columns.Start; column < columns.End; column += TSimd.Width)
        {
            int available = columns.End - column;
            TSimd deviation = TSimd.Sqrt(PartialVector.Load<TSimd>(Variance + column, available) + TSimd.Broadcast(Epsilon));
            TSimd factor = (Scale == null ? TSimd.Broadcast(1) : PartialVector.Load<TSimd>(Scale + column, available)) / deviation;
            TSimd mean = PartialVector.Load<TSimd>(Mean + column, available);
            TSimd shift = Shift == null ? TSimd.Zero : PartialVector.Load<TSimd>(Shift + column, available);
            float* x = X + column;
            float* y = Y + column;
            for (int row = 0; row < Rows; row++, x += Columns, y += Columns)
                PartialVector.Store(TSimd.MultiplyAdd(PartialVector.Load<TSimd>(x, available) - mean, factor, shift), y, available);
        }
    }
}
