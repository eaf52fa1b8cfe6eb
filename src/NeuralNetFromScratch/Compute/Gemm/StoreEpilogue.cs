namespace NeuralNetFromScratch.Compute;

/// <summary><c>C = sums</c>: nothing is left to do.</summary>
internal readonly struct StoreEpilogue : IEpilogue
{
    public void Apply<TSimd>(in Product block)
        where TSimd : struct, ISimd<TSimd>
    {
    }
}
