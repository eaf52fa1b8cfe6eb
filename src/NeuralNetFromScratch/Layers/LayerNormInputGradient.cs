using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The gradient of layer normalization at its input, with x̂ = (x − μ)/√(σ² + ε), n columns and g = γ ∘ dy:
/// <c>dx = (g − Σg/n − x̂·Σ(g·x̂)/n) / √(σ² + ε)</c>, the sums over the row.
/// </summary>
internal unsafe struct LayerNormInputGradient : IRowKernel
{
    public int Columns;

    /// <summary>[rows, Columns].</summary>
    public float* X, Dy, Dx;

    /// <summary>[Columns].</summary>
    public float* Scale;

    /// <summary>[rows].</summary>
    public float* Mean, InverseDeviation;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section rows)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int row = rows.Start; row < rows.End; row++)
        {
            nint start = (nint)row * Columns;
            TSimd mean = TSimd.Broadcast(Mean[row]), inverse = TSimd.Broadcast(InverseDeviation[row]);
            TSimd sums = TSimd.Zero, products = TSimd.Zero;
            for (int i = 0; i < Columns; i += TSimd.Width)
            {
                // Beyond the row g is zero, so that nothing is added there.
                TSimd gradient = PartialVector.Load<TSimd>(Scale + i, Columns - i) * PartialVector.Load<TSimd>(Dy + start + i, Columns - i);
                TSimd normalized = inverse * (PartialVector.Load<TSimd>(X + start + i, Columns - i) - mean);
                sums += gradient;
                products = TSimd.MultiplyAdd(gradient, normalized, products);
            }

            TSimd meanGradient = TSimd.Broadcast(TSimd.Sum(sums) / Columns), slope = TSimd.Broadcast(TSimd.Sum(products) / Columns);
            for (int i = 0; i < Columns; i += TSimd.Width)
            {
                TSimd gradient = PartialVector.Load<TSimd>(Scale + i, Columns - i) * PartialVector.Load<TSimd>(Dy + start + i, Columns - i);
                TSimd normalized = inverse * (PartialVector.Load<TSimd>(X + start + i, Columns - i) - mean);
                PartialVector.Store(inverse * (gradient - meanGradient - normalized * slope), Dx + start + i, Columns - i);
            }
        }
    }
}
