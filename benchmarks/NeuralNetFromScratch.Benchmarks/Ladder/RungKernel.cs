using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>A rung's product, waiting for its register type.</summary>
internal readonly unsafe struct RungKernel<TRung>(GemmOperands product, float* space) : ISimdKernel
    where TRung : IRung
{
    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd> => TRung.Multiply<TSimd>(product, space);
}
