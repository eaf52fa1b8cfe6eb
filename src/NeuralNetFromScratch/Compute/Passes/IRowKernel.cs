namespace NeuralNetFromScratch.Compute;

/// <summary>Work on the rows of a batch, each by itself.</summary>
internal interface IRowKernel
{
    void Run<TSimd>(Section rows)
        where TSimd : struct, ISimd<TSimd>;
}
