using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The columns of a <see cref="BackwardSweep"/> that one worker takes.</summary>
internal readonly unsafe struct BackwardSweepKernel<TFunction>(TFunction function, BackwardSweep sweep, Section columns) : ISimdKernel
    where TFunction : struct, IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        for (int column = columns.Start; column < columns.End; column += TSimd.Width)
        {
            int available = columns.End - column;
            TSimd sum = sweep.Accumulate ? PartialVector.Load<TSimd>(sweep.Sums + column, available) : TSimd.Zero;
            float* gradient = sweep.Gradient + column;
            float* argument = sweep.Argument + column;
            for (int row = 0; row < sweep.Rows; row++, gradient += sweep.Columns, argument += sweep.Columns)
            {
                TSimd dz = PartialVector.Load<TSimd>(gradient, available);
                if (!TFunction.IsIdentity)
                {
                    dz = function.Differentiate(PartialVector.Load<TSimd>(argument, available), dz);
                    PartialVector.Store(dz, gradient, available);
                }

                sum += dz;
            }

            PartialVector.Store(sum, sweep.Sums + column, available);
        }
    }
}
