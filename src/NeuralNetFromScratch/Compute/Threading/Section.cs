namespace NeuralNetFromScratch.Compute;

/// <summary>A run of consecutive items.</summary>
internal readonly record struct Section(int Start, int Count)
{
    public int End => Start + Count;

    /// <summary>Returns the items that are in both sections; none, at this section's start, if there are no such items.</summary>
    public Section Intersect(Section other)
    {
        int start = Math.Max(Start, other.Start), end = Math.Min(End, other.End);
        return start < end ? new(start, end - start) : new(Start, 0);
    }

    /// <summary>Returns one worker's section of <paramref name="count"/> items, which are divided in whole grains as evenly as possible.</summary>
    public static Section Of(int count, int grain, int worker, int workers)
    {
        long grains = ((long)count + grain - 1) / grain;
        int start = (int)Math.Min(count, grains * worker / workers * grain);
        int end = (int)Math.Min(count, grains * (worker + 1) / workers * grain);
        return new(start, end - start);
    }
}

/// <summary>
/// Work that several workers share. A job is a struct, or a ref struct with views of memory. It is on the caller's stack while it runs, so that
/// the garbage collector updates the views, and nothing must be pinned or allocated.
/// </summary>
internal interface IJob
{
    /// <param name="worker">0 to <paramref name="workers"/> − 1.</param>
    /// <param name="workers">The number of workers that take part.</param>
    void Run(int worker, int workers);
}
