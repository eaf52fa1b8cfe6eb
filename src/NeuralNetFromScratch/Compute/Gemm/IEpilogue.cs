namespace NeuralNetFromScratch.Compute;

/// <summary>What becomes of a block of C when its sums are finished, while it is still in the cache.</summary>
internal interface IEpilogue
{
    /// <param name="block">The part of the product whose C is finished.</param>
    void Apply<TSimd>(in Product block)
        where TSimd : struct, ISimd<TSimd>;
}
