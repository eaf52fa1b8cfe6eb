namespace NeuralNetFromScratch.Compute;

/// <summary>One worker's part of a matrix product, waiting for its register type.</summary>
internal readonly unsafe struct GemmKernel<TEpilogue>(Product product, GemmPlan plan, float* space, TEpilogue epilogue) : ISimdKernel
    where TEpilogue : struct, IEpilogue
{
    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd> => GemmLoops<TSimd>.Run(product, plan, space, epilogue);
}
