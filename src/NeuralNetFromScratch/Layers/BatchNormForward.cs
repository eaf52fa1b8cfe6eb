using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Batch normalization of some columns while training: <c>y = γ·(x − μ)/√(σ² + ε) + β</c> with mean and variance over the rows, which
/// also go where the update of the running statistics finds them.
/// </summary>
internal unsafe struct BatchNormForward : IColumnKernel
{
    public int Rows, Columns;
    public float Epsilon, BatchShare;

    /// <summary>[Rows, Columns].</summary>
    public float* X, Y;

    /// <summary>[Columns]: γ and β, or null for 1 and 0, and where the batch's mean and unbiased variance go, times the batch's share.</summary>
    public float* Scale, Shift, MeanGradient, VarianceGradient;

    /// <summary>Whether they are added to what is there.</summary>
    public bool Accumulate;

    /// <summary>[Columns]: receive μ and 1/√(σ² + ε) for the backward pass.</summary>
    public float* Mean, InverseDeviation;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section columns)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd share = TSimd.Broadcast(1f / Rows), epsilon = TSimd.Broadcast(Epsilon), one = TSimd.Broadcast(1);
        TSimd unbiased = TSimd.Broadcast((float)Rows / (Rows - 1));
        for (int column = columns.Start; column < columns.End; column += TSimd.Width)
        {
            int available = columns.End - column;
            TSimd mean = share * ColumnSum.Of<TSimd, Value<TSimd>>(new(X + column, Columns, available), Rows);
            TSimd variance = share * ColumnSum.Of<TSimd, SquaredDeviation<TSimd>>(new(X + column, Columns, available, mean), Rows);
            TSimd inverse = one / TSimd.Sqrt(variance + epsilon);
            TSimd factor = Scale == null ? inverse : inverse * PartialVector.Load<TSimd>(Scale + column, available);
            TSimd shift = Shift == null ? TSimd.Zero : PartialVector.Load<TSimd>(Shift + column, available);
            float* x = X + column;
            float* y = Y + column;
            for (int row = 0; row < Rows; row++, x += Columns, y += Columns)
                PartialVector.Store(TSimd.MultiplyAdd(PartialVector.Load<TSimd>(x, available) - mean, factor, shift), y, available);

            PartialVector.Store(mean, Mean + column, available);
            PartialVector.Store(inverse, InverseDeviation + column, available);
            Put(mean, MeanGradient + column, available);
            Put(variance * unbiased, VarianceGradient + column, available);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Put<TSimd>(TSimd statistic, float* gradient, int available)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd part = TSimd.Broadcast(BatchShare) * statistic;
        PartialVector.Store(Accumulate ? PartialVector.Load<TSimd>(gradient, available) + part : part, gradient, available);
    }

    private readonly struct Value<TSimd>(float* x, int stride, int available) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row) => PartialVector.Load<TSimd>(x + (nint)row * stride, available);
    }

    private readonly struct SquaredDeviation<TSimd>(float* x, int stride, int available, TSimd mean) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row)
        {
            TSimd deviation = PartialVector.Load<TSimd>(x + (nint)row * stride, available) - mean;
            return deviation * deviation;
        }
    }
}
