using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Kernels;

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
                Lanes.Load<TSimd>(argument + i, length - i), Lanes.Load<TSimd>(gradient + i, length - i));
            Lanes.Store(product, gradient + i, length - i);
        }
    }
}
