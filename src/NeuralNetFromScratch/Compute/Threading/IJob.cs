namespace NeuralNetFromScratch.Compute;

/// <summary>Work that several workers do together, each its share.</summary>
internal interface IJob
{
    /// <param name="worker">0 to <paramref name="workers"/> − 1.</param>
    /// <param name="workers">How many take part.</param>
    void Run(int worker, int workers);
}
