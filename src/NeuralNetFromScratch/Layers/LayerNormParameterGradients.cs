using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The gradients of layer normalization's parameters: <c>dβ = Σ dy</c>, <c>dγ = Σ dy·x̂</c> over the rows.</summary>
internal unsafe struct LayerNormParameterGradients : IColumnKernel
{
    public int Rows, Columns;

    /// <summary>[Rows, Columns].</summary>
    public float* X, Dy;

    /// <summary>[Rows].</summary>
    public float* Mean, InverseDeviation;

    /// <summary>[Columns].</summary>
    public float* ScaleGradient, ShiftGradient;

    /// <summary>Whether dγ and dβ are added to what is there.</summary>
    public bool Accumulate;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section columns)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int column = columns.Start; column < columns.End; column += TSimd.Width)
        {
            int available = columns.End - column;
            TSimd scale = Accumulate ? PartialVector.Load<TSimd>(ScaleGradient + column, available) : TSimd.Zero;
            TSimd shift = Accumulate ? PartialVector.Load<TSimd>(ShiftGradient + column, available) : TSimd.Zero;
            for (int row = 0; row < Rows; row++)
            {
                nint element = (nint)row * Columns + column;
                TSimd gradient = PartialVector.Load<TSimd>(Dy + element, available);
                TSimd centred = PartialVector.Load<TSimd>(X + element, available) - TSimd.Broadcast(Mean[row]);
                shift += gradient;
                scale = TSimd.MultiplyAdd(gradient, TSimd.Broadcast(InverseDeviation[row]) * centred, scale);
            }

            PartialVector.Store(scale, ScaleGradient + column, available);
            PartialVector.Store(shift, ShiftGradient + column, available);
        }
    }
}
