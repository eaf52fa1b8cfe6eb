using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using NeuralNetFromScratch.Mpi;

namespace NeuralNetFromScratch.MpiProcess;

/// <summary>What processes do that agree.</summary>
internal static class Communication
{
    public static int About(MpiCluster cluster)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cluster}; any thread: {cluster.AllowsAnyThread}; threads: {cluster.ThreadCount}"));
        return 0;
    }

    /// <summary>Every pair of processes swaps messages of many lengths, on this thread and on another one.</summary>
    public static int Swap(MpiCluster cluster)
    {
        int[] lengths = [0, 1, 7, 4_096, 65_537, 1_000_003, 40_000_000];
        foreach (int length in lengths)
            SwapWithAll(cluster, length);
        var thread = new Thread(() => SwapWithAll(cluster, 12_345));
        thread.Start();
        thread.Join();
        Console.WriteLine($"rank {cluster.Rank} of {cluster.RankCount}: swapped");
        return 0;
    }

    /// <summary>Times swaps of two neighbors.</summary>
    public static int Time(MpiCluster cluster)
    {
        foreach (int length in (int[])[8, 4_096, 65_536, 1 << 20, 1 << 22, 1 << 24, 1 << 26])
        {
            byte[] sent = new byte[length], received = new byte[length];
            int times = Math.Clamp((1 << 28) / length, 3, 2_000);
            long start = 0;
            for (int i = -2; i < times; i++)
            {
                if (i == 0)
                    start = Stopwatch.GetTimestamp();
                cluster.Swap(sent, received, cluster.Rank ^ 1);
            }

            double microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds / times;
            if (cluster.Rank == 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{length,10} bytes {microseconds,12:F1} us {2 * length / microseconds / 1e3,8:F2} GB/s both ways"));
        }

        return 0;
    }

    private static void SwapWithAll(MpiCluster cluster, int length)
    {
        byte[] sent = new byte[length], received = new byte[length], expected = new byte[length];
        for (int distance = 1; distance < Ceiling(cluster.RankCount); distance++)
        {
            int partner = cluster.Rank ^ distance;
            if (partner >= cluster.RankCount)
                continue;
            Fill(sent, cluster.Rank, partner);
            Fill(expected, partner, cluster.Rank);
            cluster.Swap(sent, received, partner);
            Check("together");
            foreach ((int piece, int places) in ((int, int)[])[(1_000_000, 1), (4_096, 3), (1 << 18, 20)])
            {
                received.AsSpan().Clear();
                cluster.SwapPieces(sent, new byte[piece * places], piece, partner, new Copy(received));
                Check($"in pieces of {piece}");
            }

            void Check(string how)
            {
                if (!received.AsSpan().SequenceEqual(expected))
                    throw new InvalidDataException($"rank {cluster.Rank} received other bytes {how} than rank {partner} sent, of {length}");
            }
        }

        static int Ceiling(int count) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count);
    }

    /// <summary>Copies the pieces that it receives.</summary>
    private readonly struct Copy(byte[] destination) : IPieceReceiver
    {
        public void Receive(int start, ReadOnlySpan<byte> piece) => piece.CopyTo(destination.AsSpan(start));
    }

    private static void Fill(byte[] bytes, int from, int to)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan());
        for (int i = 0; i < words.Length; i++)
            words[i] = (ulong)(i + 1) * 0x9E3779B97F4A7C15 + (ulong)(from * 1_024 + to);
        for (int i = words.Length * sizeof(ulong); i < bytes.Length; i++)
            bytes[i] = (byte)(i + from * 3 + to);
    }
}
