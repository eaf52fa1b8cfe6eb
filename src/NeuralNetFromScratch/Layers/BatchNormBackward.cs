using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The gradients of batch normalization, with x̂ = (x − μ)/√(σ² + ε) and m rows: <c>dβ = Σ dy</c>, <c>dγ = Σ dy·x̂</c>,
/// <c>dx = γ/√(σ² + ε) · (dy − dβ/m − x̂·dγ/m)</c>.
/// </summary>
internal unsafe struct BatchNormBackward : IColumnKernel
{
    public int Rows, Columns;

    /// <summary>[Rows, Columns]; dX may be null where it is not wanted.</summary>
    public float* X, Dy, Dx;

    /// <summary>[Columns]; γ may be null for 1, and the gradients null where there is no γ and β.</summary>
    public float* Scale, Mean, InverseDeviation, ScaleGradient, ShiftGradient;

    /// <summary>Whether dγ and dβ are added to what is there.</summary>
    public bool Accumulate;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section columns)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd share = TSimd.Broadcast(1f / Rows);
        for (int column = columns.Start; column < columns.End; column += TSimd.Width)
        {
            int available = columns.End - column;
            TSimd mean = PartialVector.Load<TSimd>(Mean + column, available), inverse = PartialVector.Load<TSimd>(InverseDeviation + column, available);
            TSimd shiftGradient = ColumnSum.Of<TSimd, Gradient<TSimd>>(new(Dy + column, Columns, available), Rows);
            TSimd scaleGradient = inverse * ColumnSum.Of<TSimd, Product<TSimd>>(new(X + column, Dy + column, Columns, available, mean), Rows);
            if (ShiftGradient != null)
            {
                Add(shiftGradient, ShiftGradient + column, available);
                Add(scaleGradient, ScaleGradient + column, available);
            }

            if (Dx == null)
                continue;

            TSimd factor = Scale == null ? inverse : inverse * PartialVector.Load<TSimd>(Scale + column, available);
            TSimd meanGradient = share * shiftGradient, slope = share * scaleGradient * inverse;
            for (int row = 0; row < Rows; row++)
            {
                nint element = (nint)row * Columns + column;
                TSimd centred = PartialVector.Load<TSimd>(X + element, available) - mean;
                TSimd gradient = PartialVector.Load<TSimd>(Dy + element, available) - meanGradient - slope * centred;
                PartialVector.Store(factor * gradient, Dx + element, available);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Add<TSimd>(TSimd sum, float* gradient, int available)
        where TSimd : struct, ISimd<TSimd> =>
        PartialVector.Store(Accumulate ? sum + PartialVector.Load<TSimd>(gradient, available) : sum, gradient, available);

    private readonly struct Gradient<TSimd>(float* dy, int stride, int available) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row) => PartialVector.Load<TSimd>(dy + (nint)row * stride, available);
    }

    private readonly struct Product<TSimd>(float* x, float* dy, int stride, int available, TSimd mean) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row)
        {
            nint offset = (nint)row * stride;
            return PartialVector.Load<TSimd>(dy + offset, available) * (PartialVector.Load<TSimd>(x + offset, available) - mean);
        }
    }
}
