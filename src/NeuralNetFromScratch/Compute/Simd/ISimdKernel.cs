namespace NeuralNetFromScratch.Compute;

/// <summary>A kernel call waiting for its register type.</summary>
internal interface ISimdKernel
{
    void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>;
}
