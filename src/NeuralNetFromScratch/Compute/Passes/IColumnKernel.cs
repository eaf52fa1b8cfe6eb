namespace NeuralNetFromScratch.Compute;

/// <summary>Work on the columns of a batch, each by itself: sums over the samples stay with one worker.</summary>
internal interface IColumnKernel
{
    void Run<TSimd>(Section columns)
        where TSimd : struct, ISimd<TSimd>;
}
