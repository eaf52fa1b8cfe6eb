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
/// Computes the gradient before a dense layer's activation in one pass: <c>dZ = dA ∘ f'</c> in place, and the bias gradient <c>db = Σ dZ</c> over
/// the rows. One worker sums a column from the first row to the last.
/// </summary>
internal ref struct GradientSweep<TFunction> : IColumnOperation
    where TFunction : struct, IActivationFunction
{
    public TFunction Function;

    /// <summary>The activation's input or output, depending on <see cref="Activation.DerivativeNeedsInput"/>: [rows, columns].</summary>
    public ReadOnlyMatrixView Argument;

    /// <summary>dA, which is replaced by dZ: [rows, columns].</summary>
    public MatrixView Gradient;

    /// <summary>db: [columns].</summary>
    public Span<float> Sums;

    /// <summary>Whether to add to the existing values of db.</summary>
    public bool Accumulate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd sum = Accumulate ? PartialVector.Load<TSimd>(Sums, column) : TSimd.Zero;
        ReadOnlyColumns<TSimd> argument = new(Argument, column, Gradient.Rows);
        Columns<TSimd> gradient = new(Gradient, column, Gradient.Rows);
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

    /// <summary>
    /// Processes two registers of columns at once, so that rows with few columns are read once. The second register may be partially filled.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void RunPair<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        int next = column + TSimd.Width;
        TSimd sum0 = Accumulate ? PartialVector.Load<TSimd>(Sums, column) : TSimd.Zero, sum1 = Accumulate ? PartialVector.Load<TSimd>(Sums, next) : TSimd.Zero;
        ReadOnlyColumns<TSimd> argument0 = new(Argument, column, Gradient.Rows), argument1 = new(Argument, next, Gradient.Rows);
        Columns<TSimd> gradient0 = new(Gradient, column, Gradient.Rows), gradient1 = new(Gradient, next, Gradient.Rows);
        for (int row = 0; row < Gradient.Rows; row++)
        {
            TSimd dz0 = gradient0[row], dz1 = gradient1[row];
            if (!TFunction.IsIdentity)
            {
                dz0 = Function.Differentiate(argument0[row], dz0);
                dz1 = Function.Differentiate(argument1[row], dz1);
                gradient0[row] = dz0;
                gradient1[row] = dz1;
            }

            sum0 += dz0;
            sum1 += dz1;
        }

        PartialVector.Store(sum0, Sums, column);
        PartialVector.Store(sum1, Sums, next);
    }
}

/// <summary>
/// The same for the outputs of a convolution, one sample at a time: <c>dZ = dA ∘ f'</c> in place, and the sum of dZ over the positions of each
/// sample, from the first to the last.
/// </summary>
internal ref struct PictureGradientSweep<TFunction> : IRowOperation
    where TFunction : struct, IActivationFunction
{
    public TFunction Function;

    /// <summary>The number of channels.</summary>
    public int Channels;

    /// <summary>
    /// The activation's input or output, depending on <see cref="Activation.DerivativeNeedsInput"/>: [samples, positions · channels].
    /// </summary>
    public ReadOnlyMatrixView Argument;

    /// <summary>dA, which is replaced by dZ: [samples, positions · channels].</summary>
    public MatrixView Gradient;

    /// <summary>Receives the sums: [samples, channels].</summary>
    public MatrixView Sums;

    [MethodImpl(HotPath.CompileOnce)]
    public readonly void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>
    {
        int places = Gradient.Columns / Channels;
        var sweep = new GradientSweep<TFunction>
        {
            Function = Function, Argument = new(Argument.Row(row), places, Channels), Gradient = new(Gradient.Row(row), places, Channels), Sums = Sums.Row(row),
        };
        int column = 0;
        for (; column < Channels - TSimd.Width; column += 2 * TSimd.Width)
            sweep.RunPair<TSimd>(column);
        if (column < Channels)
            sweep.Run<TSimd>(column);
    }
}
