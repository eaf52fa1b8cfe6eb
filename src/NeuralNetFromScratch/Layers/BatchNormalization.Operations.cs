using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Normalizes some columns with given statistics: <c>y = γ·(x − mean)/√(variance + ε) + β</c>.</summary>
internal ref struct BatchNormApply : IColumnOperation
{
    public float Epsilon;

    /// <summary>[rows, columns].</summary>
    public ReadOnlyMatrixView X;
    public MatrixView Y;

    /// <summary>[columns]; γ and β may be empty, which stands for 1 and 0.</summary>
    public ReadOnlySpan<float> Scale, Shift, Mean, Variance;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd deviation = TSimd.Sqrt(PartialVector.Load<TSimd>(Variance, column) + TSimd.Broadcast(Epsilon));
        TSimd factor = (Scale.IsEmpty ? TSimd.Broadcast(1) : PartialVector.Load<TSimd>(Scale, column)) / deviation;
        TSimd shift = Shift.IsEmpty ? TSimd.Zero : PartialVector.Load<TSimd>(Shift, column);
        BatchNormForward.Normalize(X, Y, column, PartialVector.Load<TSimd>(Mean, column), factor, shift);
    }
}

/// <summary>
/// Batch normalization of some columns in training: <c>y = γ·(x − μ)/√(σ² + ε) + β</c> with mean and variance over the rows. Mean and variance
/// are also stored for the update of the running statistics.
/// </summary>
internal ref struct BatchNormForward : IColumnOperation
{
    public float Epsilon, BatchShare;

    /// <summary>[rows, columns].</summary>
    public ReadOnlyMatrixView X;
    public MatrixView Y;

    /// <summary>[columns]: γ and β, or empty, which stands for 1 and 0.</summary>
    public ReadOnlySpan<float> Scale, Shift;

    /// <summary>[columns]: receive the batch's mean and unbiased variance, multiplied by the batch's share of the step.</summary>
    public Span<float> MeanGradient, VarianceGradient;

    /// <summary>Whether to add to these gradients instead of overwriting them.</summary>
    public bool Accumulate;

    /// <summary>[columns]: receive μ and 1/√(σ² + ε) for the backward pass.</summary>
    public Span<float> Mean, InverseDeviation;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        int rows = X.Rows;
        TSimd share = TSimd.Broadcast(1f / rows);
        TSimd mean = share * ColumnPass.Sum<TSimd, Value<TSimd>>(new(new(X, column, rows)), rows);
        TSimd variance = share * ColumnPass.Sum<TSimd, SquaredDeviation<TSimd>>(new(new(X, column, rows), mean), rows);
        TSimd inverse = TSimd.Broadcast(1) / TSimd.Sqrt(variance + TSimd.Broadcast(Epsilon));
        TSimd factor = Scale.IsEmpty ? inverse : inverse * PartialVector.Load<TSimd>(Scale, column);
        Normalize(X, Y, column, mean, factor, Shift.IsEmpty ? TSimd.Zero : PartialVector.Load<TSimd>(Shift, column));
        PartialVector.Store(mean, Mean, column);
        PartialVector.Store(inverse, InverseDeviation, column);
        Put(mean, MeanGradient, column);
        Put(variance * TSimd.Broadcast((float)rows / (rows - 1)), VarianceGradient, column);
    }

    /// <summary><c>y = (x − mean)·factor + shift</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Normalize<TSimd>(ReadOnlyMatrixView from, MatrixView to, int column, TSimd mean, TSimd factor, TSimd shift)
        where TSimd : struct, ISimd<TSimd>
    {
        ReadOnlyColumns<TSimd> x = new(from, column, from.Rows);
        Columns<TSimd> y = new(to, column, from.Rows);
        for (int row = 0; row < from.Rows; row++)
            y[row] = TSimd.MultiplyAdd(x[row] - mean, factor, shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Put<TSimd>(TSimd statistic, Span<float> gradient, int column)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd part = TSimd.Broadcast(BatchShare) * statistic;
        PartialVector.Store(Accumulate ? PartialVector.Load<TSimd>(gradient, column) + part : part, gradient, column);
    }

    private readonly ref struct Value<TSimd>(ReadOnlyColumns<TSimd> x) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly ReadOnlyColumns<TSimd> _x = x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row) => _x[row];
    }

    private readonly ref struct SquaredDeviation<TSimd>(ReadOnlyColumns<TSimd> x, TSimd mean) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly ReadOnlyColumns<TSimd> _x = x;
        private readonly TSimd _mean = mean;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row)
        {
            TSimd deviation = _x[row] - _mean;
            return deviation * deviation;
        }
    }
}

/// <summary>
/// The gradients of batch normalization, with x̂ = (x − μ)/√(σ² + ε) and m rows: <c>dβ = Σ dy</c>, <c>dγ = Σ dy·x̂</c>,
/// <c>dx = γ/√(σ² + ε) · (dy − dβ/m − x̂·dγ/m)</c>.
/// </summary>
internal ref struct BatchNormBackward : IColumnOperation
{
    /// <summary>[rows, columns]; dX has no rows if it is not needed.</summary>
    public ReadOnlyMatrixView X, Dy;
    public MatrixView Dx;

    /// <summary>[columns]; γ may be empty, which stands for 1.</summary>
    public ReadOnlySpan<float> Scale, Mean, InverseDeviation;

    /// <summary>[columns], or empty if there are no γ and β.</summary>
    public Span<float> ScaleGradient, ShiftGradient;

    /// <summary>Whether to add to dγ and dβ instead of overwriting them.</summary>
    public bool Accumulate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        int rows = X.Rows;
        ReadOnlyColumns<TSimd> x = new(X, column, rows), dy = new(Dy, column, rows);
        TSimd mean = PartialVector.Load<TSimd>(Mean, column), inverse = PartialVector.Load<TSimd>(InverseDeviation, column);
        TSimd shiftGradient = ColumnPass.Sum<TSimd, Gradient<TSimd>>(new(dy), rows);
        TSimd scaleGradient = inverse * ColumnPass.Sum<TSimd, Product<TSimd>>(new(x, dy, mean), rows);
        if (!ShiftGradient.IsEmpty)
        {
            Add(shiftGradient, ShiftGradient, column);
            Add(scaleGradient, ScaleGradient, column);
        }

        if (Dx.Rows == 0)
            return;
        Columns<TSimd> dx = new(Dx, column, rows);
        TSimd share = TSimd.Broadcast(1f / rows), factor = Scale.IsEmpty ? inverse : inverse * PartialVector.Load<TSimd>(Scale, column);
        TSimd meanGradient = share * shiftGradient, slope = share * scaleGradient * inverse;
        for (int row = 0; row < rows; row++)
            dx[row] = factor * (dy[row] - meanGradient - slope * (x[row] - mean));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Add<TSimd>(TSimd sum, Span<float> gradient, int column)
        where TSimd : struct, ISimd<TSimd> =>
        PartialVector.Store(Accumulate ? sum + PartialVector.Load<TSimd>(gradient, column) : sum, gradient, column);

    private readonly ref struct Gradient<TSimd>(ReadOnlyColumns<TSimd> dy) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly ReadOnlyColumns<TSimd> _dy = dy;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row) => _dy[row];
    }

    private readonly ref struct Product<TSimd>(ReadOnlyColumns<TSimd> x, ReadOnlyColumns<TSimd> dy, TSimd mean) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly ReadOnlyColumns<TSimd> _x = x, _dy = dy;
        private readonly TSimd _mean = mean;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row) => _dy[row] * (_x[row] - _mean);
    }
}
