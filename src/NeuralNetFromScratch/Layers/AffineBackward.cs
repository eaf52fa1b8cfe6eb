using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The gradients of <see cref="AffineForward"/>: <c>dβ = Σ dy</c>, <c>dγ = Σ dy·x</c> over the rows, <c>dx = γ ∘ dy</c>.</summary>
internal unsafe struct AffineBackward : IColumnKernel
{
    public int Rows, Columns;

    /// <summary>[Rows, Columns]; dX may be null where it is not wanted.</summary>
    public float* X, Dy, Dx;

    /// <summary>[Columns].</summary>
    public float* Scale, ScaleGradient, ShiftGradient;

    /// <summary>Whether dγ and dβ are added to what is there.</summary>
    public bool Accumulate;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section columns)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int column = columns.Start; column < columns.End; column += TSimd.Width)
        {
            int available = columns.End - column;
            TSimd scale = PartialVector.Load<TSimd>(Scale + column, available);
            TSimd scaleGradient = Accumulate ? PartialVector.Load<TSimd>(ScaleGradient + column, available) : TSimd.Zero;
            TSimd shiftGradient = Accumulate ? PartialVector.Load<TSimd>(ShiftGradient + column, available) : TSimd.Zero;
            for (int row = 0; row < Rows; row++)
            {
                nint element = (nint)row * Columns + column;
                TSimd gradient = PartialVector.Load<TSimd>(Dy + element, available);
                shiftGradient += gradient;
                scaleGradient = TSimd.MultiplyAdd(gradient, PartialVector.Load<TSimd>(X + element, available), scaleGradient);
                if (Dx != null)
                    PartialVector.Store(scale * gradient, Dx + element, available);
            }

            PartialVector.Store(scaleGradient, ScaleGradient + column, available);
            PartialVector.Store(shiftGradient, ShiftGradient + column, available);
        }
    }
}
