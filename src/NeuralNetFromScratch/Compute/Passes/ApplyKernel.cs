using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>y = f(x)</c> over a run of elements; x and y may be the same memory.</summary>
internal readonly unsafe struct ApplyKernel<TFunction>(TFunction function, float* x, float* y, int length) : ISimdKernel
    where TFunction : struct, IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < length; i += TSimd.Width)
            PartialVector.Store(function.Apply(PartialVector.Load<TSimd>(x + i, length - i)), y + i, length - i);
    }
}
