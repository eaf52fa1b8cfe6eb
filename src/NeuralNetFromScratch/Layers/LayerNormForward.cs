using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Layer normalization of some rows: <c>y = γ ∘ (x − μ)/√(σ² + ε) + β</c> with mean and variance over the row.</summary>
internal unsafe struct LayerNormForward : IRowKernel
{
    public int Columns;
    public float Epsilon;

    /// <summary>[rows, Columns].</summary>
    public float* X, Y;

    /// <summary>[Columns].</summary>
    public float* Scale, Shift;

    /// <summary>[rows]: receive μ and 1/√(σ² + ε) for the backward pass.</summary>
    public float* Mean, InverseDeviation;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section rows)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int row = rows.Start; row < rows.End; row++)
        {
            float* x = X + (nint)row * Columns;
            float* y = Y + (nint)row * Columns;
            TSimd sums = TSimd.Zero;
            for (int i = 0; i < Columns; i += TSimd.Width)
                sums += PartialVector.Load<TSimd>(x + i, Columns - i);
            float mean = TSimd.Sum(sums) / Columns;

            TSimd squares = TSimd.Zero;
            for (int i = 0; i < Columns; i += TSimd.Width)
            {
                PartialVector.Store(PartialVector.Load<TSimd>(x + i, Columns - i) - TSimd.Broadcast(mean), y + i, Columns - i);
                // Read back, the lanes beyond the row are zero.
                TSimd deviation = PartialVector.Load<TSimd>(y + i, Columns - i);
                squares = TSimd.MultiplyAdd(deviation, deviation, squares);
            }

            float inverse = 1 / MathF.Sqrt(TSimd.Sum(squares) / Columns + Epsilon);
            for (int i = 0; i < Columns; i += TSimd.Width)
            {
                TSimd factor = TSimd.Broadcast(inverse) * PartialVector.Load<TSimd>(Scale + i, Columns - i);
                TSimd value = TSimd.MultiplyAdd(PartialVector.Load<TSimd>(y + i, Columns - i), factor, PartialVector.Load<TSimd>(Shift + i, Columns - i));
                PartialVector.Store(value, y + i, Columns - i);
            }

            Mean[row] = mean;
            InverseDeviation[row] = inverse;
        }
    }
}
