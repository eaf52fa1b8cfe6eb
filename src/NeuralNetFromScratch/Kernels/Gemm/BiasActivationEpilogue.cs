using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Kernels;

/// <summary><c>C = f(sums + bias)</c>.</summary>
internal readonly unsafe struct BiasActivationEpilogue<TFunction>(TFunction function) : IEpilogue
    where TFunction : struct, IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd sums, float* bias)
        where TSimd : struct, ISimd<TSimd> => function.Apply(sums + TSimd.Load(bias));
}
