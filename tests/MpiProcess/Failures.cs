using System.Globalization;
using NeuralNetFromScratch.Mpi;

namespace NeuralNetFromScratch.MpiProcess;

/// <summary>What goes wrong, always on the last process, while the others wait for it.</summary>
internal static class Failures
{
    /// <summary>The last process sends another number of bytes than its partner expects.</summary>
    public static int Lengths(MpiCluster cluster)
    {
        int length = IsLast(cluster) ? 40 : 80;
        cluster.Swap(new byte[length], new byte[length], cluster.Rank ^ 1);
        return 0;
    }

    /// <summary>The runtime still turns a fault of the processor into an exception.</summary>
    public static int NullReference(MpiCluster cluster)
    {
        int[]? none = cluster.RankCount < 0 ? [] : null;
        try
        {
            return none!.Length;
        }
        catch (NullReferenceException)
        {
            Console.WriteLine($"rank {cluster.Rank}: caught");
            return 0;
        }
    }

    public static int Throw(MpiCluster cluster) => Wait(cluster, () => throw new InvalidDataException("the file of this rank is malformed"));

    public static int Exit(MpiCluster cluster) => Wait(cluster, () => Environment.Exit(3));

    public static int Abort(MpiCluster cluster) => Wait(cluster, () => cluster.Abort("can't go on"));

    public static int Leave(MpiCluster cluster) => Wait(cluster, cluster.Dispose);

    /// <summary>No process leaves the cluster before it ends.</summary>
    public static int Forget(MpiCluster cluster)
    {
        Environment.Exit(cluster.RankCount < 0 ? 1 : 0);
        return 0;
    }

    /// <summary>Waits for a signal, tells it to the others, and ends in an orderly way.</summary>
    public static int WaitForSignal(MpiCluster cluster)
    {
        CancellationToken cancellation = cluster.Cancellation;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rank {cluster.Rank} is process {Environment.ProcessId}"));
        byte[] sent = new byte[1], received = new byte[1];
        while (sent[0] == 0)
        {
            Thread.Sleep(5);
            sent[0] |= (byte)(cancellation.IsCancellationRequested ? 1 : 0);
            for (int distance = 1; distance < cluster.RankCount; distance *= 2)
            {
                cluster.Swap(sent, received, cluster.Rank ^ distance);
                sent[0] |= received[0];
            }
        }

        Console.WriteLine($"rank {cluster.Rank} ends in an orderly way");
        return 0;
    }

    private static int Wait(MpiCluster cluster, Action fail)
    {
        if (IsLast(cluster))
        {
            fail();
            return 0;
        }

        cluster.Swap(new byte[8], new byte[8], cluster.Rank ^ 1);
        return 0;
    }

    private static bool IsLast(MpiCluster cluster) => cluster.Rank == cluster.RankCount - 1;
}
