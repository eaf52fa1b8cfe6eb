using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary><c>gradient · f'(argument)</c>.</summary>
internal readonly struct Derivative<TFunction>(TFunction function) : IPairFunction
    where TFunction : struct, IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd first, TSimd second)
        where TSimd : struct, ISimd<TSimd> => function.Differentiate(first, second);
}

/// <summary>
/// What a dense layer does with the gradient at its output before the matrix products, in one sweep:
/// <c>dZ = dA ∘ f'</c> in place, and the bias gradient <c>db = Σ dZ</c> over the rows. A column is summed from the first row to the
/// last, by one worker.
/// </summary>
internal ref struct GradientSweep<TFunction> : IColumnOperation
    where TFunction : struct, IActivationFunction
{
    public TFunction Function;

    /// <summary>The activation's input or output, whichever its derivative is computed from: [rows, columns].</summary>
    public ReadOnlyMatrixView Argument;

    /// <summary>dA, replaced by dZ: [rows, columns].</summary>
    public MatrixView Gradient;

    /// <summary>db: [columns].</summary>
    public Span<float> Sums;

    /// <summary>Whether the sums are added to what db holds.</summary>
    public bool Accumulate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd sum = Accumulate ? PartialVector.Load<TSimd>(Sums, column) : TSimd.Zero;
        ReadOnlyColumns<TSimd> argument = new(Argument, column);
        Columns<TSimd> gradient = new(Gradient, column);
        for (int row = 0; row < Gradient.Rows; row++)
        {
            TSimd dz = gradient[row];
            if (!TFunction.IsIdentity)
            {
                dz = Function.Differentiate(argument[row], dz);
                gradient[row] = dz;
            }

            sum += dz;
        }

        PartialVector.Store(sum, Sums, column);
    }
}
