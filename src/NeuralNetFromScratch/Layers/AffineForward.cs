using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>y = γ ∘ x + β</c> over some columns.</summary>
internal unsafe struct AffineForward : IColumnKernel
{
    public int Rows, Columns;

    /// <summary>[Rows, Columns].</summary>
    public float* X, Y;

    /// <summary>[Columns].</summary>
    public float* Scale, Shift;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section columns)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int column = columns.Start; column < columns.End; column += TSimd.Width)
        {
            int available = columns.End - column;
            TSimd scale = PartialVector.Load<TSimd>(Scale + column, available), shift = PartialVector.Load<TSimd>(Shift + column, available);
            for (int row = 0; row < Rows; row++)
            {
                nint element = (nint)row * Columns + column;
                PartialVector.Store(TSimd.MultiplyAdd(PartialVector.Load<TSimd>(X + element, available), scale, shift), Y + element, available);
            }
        }
    }
}
