using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Batch normalization of some columns while training: <c>y = γ·(x − μ)/√(σ² + ε) + β</c> with mean and variance over the rows, which
/// also move the running statistics.
/// </summary>
internal unsafe struct BatchNormForward : IColumnKernel
{
    public int Rows, Columns;
    public float Epsilon, Momentum;

    /// <summary>[Rows, Columns].</summary>
    public float* X, Y;

    /// <summary>[Columns]: γ and β, or null for 1 and 0, and the running mean and variance.</summary>
    public float* Scale, Shift, RunningMean, RunningVariance;

    /// <summary>[Columns]: receive μ and 1/√(σ² + ε) for the backward pass.</summary>
    public float* Mean, InverseDeviation;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section columns)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd share = TSimd.Broadcast(1f / Rows), epsilon = TSimd.Broadcast(Epsilon), one = TSimd.Broadcast(1);
        // The running variance takes the unbiased estimate, which one sample does not have.
        TSimd unbiased = TSimd.Broadcast(Rows > 1 ? (float)Rows / (Rows - 1) : 1);
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
            Move(mean, RunningMean + column, available);
            if (Rows > 1)
                Move(variance * unbiased, RunningVariance + column, available);
        }
    }

    /// <summary><c>running ← (1 − momentum)·running + momentum·now</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Move<TSimd>(TSimd now, float* running, int available)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd kept = TSimd.Broadcast(1 - Momentum) * PartialVector.Load<TSimd>(running, available);
        PartialVector.Store(TSimd.MultiplyAdd(TSimd.Broadcast(Momentum), now, kept), running, available);
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
