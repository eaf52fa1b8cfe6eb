namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>Counts allocated bytes, on all threads of the process.</summary>
internal static class Allocation
{
    private const int Attempts = 20;

    /// <summary>
    /// The least that several runs of a warm action allocated: what the action itself needs, since whatever else runs in the
    /// process can only add to it.
    /// </summary>
    public static long Least(Action action)
    {
        action();
        action();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            action();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}
