namespace NeuralNetFromScratch.Compute;

/// <summary>A run of consecutive items.</summary>
internal readonly record struct Section(int Start, int Count)
{
    public int End => Start + Count;

    /// <summary>
    /// One worker's section of <paramref name="count"/> items, which are dealt out in whole grains as evenly as they go.
    /// </summary>
    public static Section Of(int count, int grain, int worker, int workers)
    {
        long grains = ((long)count + grain - 1) / grain;
        int start = (int)Math.Min(count, grains * worker / workers * grain);
        int end = (int)Math.Min(count, grains * (worker + 1) / workers * grain);
        return new(start, end - start);
    }
}

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
