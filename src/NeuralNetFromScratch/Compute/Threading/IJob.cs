namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Work that several workers do together, each its share. A job is a struct, or a ref struct that holds views of memory: it lives on the
/// caller's stack while it runs, so that the garbage collector keeps the views up to date, and nothing needs to be pinned or allocated.
/// </summary>
internal interface IJob
{
    /// <param name="worker">0 to <paramref name="workers"/> − 1.</param>
    /// <param name="workers">How many take part.</param>
    void Run(int worker, int workers);
}
