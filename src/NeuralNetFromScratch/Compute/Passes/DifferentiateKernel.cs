using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>gradient ← gradient · f'</c> over a run of elements.</summary>
internal readonly unsafe struct DifferentiateKernel<TFunction>(TFunction function, float* argument, float* gradient, int length) : ISimdKernel
    where TFunction : struct, IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < length; i += TSimd.Width)
        {
            TSimd product = function.Differentiate(
                PartialVector.Load<TSimd>(argument + i, length - i), PartialVector.Load<TSimd>(gradient + i, length - i));
            PartialVector.Store(product, gradient + i, length - i);
        }
    }
}
