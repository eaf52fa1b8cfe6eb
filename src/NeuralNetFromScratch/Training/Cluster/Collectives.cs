using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>
/// Collective operations of all processes of a cluster, implemented as swaps between pairs of processes. Numbers are added in a binary tree over the ranks: first
/// those of ranks 2i and 2i + 1, then the sums of the pairs, so that every process gets the same bits. The number of processes is a power of two. Allocates nothing
/// after the first calls.
/// </summary>
internal sealed class Collectives(Communicator communicator)
{
    /// <summary>The maximum number of floats that a sum sends completely in each round. For so few floats, fewer rounds save more time than fewer bytes.</summary>
    private const int ShortLength = 4096;

    /// <summary>The maximum number of bytes that a broadcast sends at once.</summary>
    private const int PieceBytes = 1 << 20;

    /// <summary>The maximum number of rounds, for 2^10 ranks.</summary>
    private const int MostRounds = 10;

    private float[] _floats = [];
    private byte[] _sent = [], _received = [];

    public int Rank => communicator.Rank;

    public int RankCount => communicator.RankCount;

    public bool IsAlone => communicator.RankCount == 1;

    public long BytesSent { get; private set; }

    /// <summary>Adds each float over all ranks, by recursive halving and doubling.</summary>
    public void Sum(Span<float> values)
    {
        if (values.Length <= ShortLength)
        {
            for (int distance = 1; distance < RankCount; distance *= 2)
            {
                Span<float> received = Floats(values.Length);
                Swap(MemoryMarshal.AsBytes(values), MemoryMarshal.AsBytes(received), distance);
                Add(values, received, distance);
            }

            return;
        }

        Span<(int Start, int Length)> ranges = stackalloc (int, int)[MostRounds + 1];
        ranges[0] = (0, values.Length);
        int round = 0;
        for (int distance = 1; distance < RankCount; distance *= 2, round++)
        {
            (int kept, int given, int half) = Halves(ranges[round], distance);
            Span<float> received = Floats(half);
            Swap(MemoryMarshal.AsBytes(values.Slice(given, half)), MemoryMarshal.AsBytes(received), distance);
            Add(values.Slice(kept, half), received, distance);
            ranges[round + 1] = (kept, half);
        }

        for (int distance = RankCount / 2; distance > 0; distance /= 2)
        {
            (int Start, int Length) whole = ranges[--round];
            (int kept, int given, int half) = Halves(whole, distance);
            // With an odd number of values, the middle value is in both halves.
            int odd = whole.Length % 2, sent = kept < given ? kept : kept + odd, received = kept < given ? given + odd : given;
            Swap(MemoryMarshal.AsBytes(values.Slice(sent, half - odd)), MemoryMarshal.AsBytes(values.Slice(received, half - odd)), distance);
        }
    }

    /// <summary>Adds some doubles and integers over all ranks, in one message.</summary>
    public void Sum(Span<double> sums, Span<long> counts)
    {
        int split = sums.Length * sizeof(double), length = split + counts.Length * sizeof(long);
        for (int distance = 1; distance < RankCount; distance *= 2)
        {
            Span<byte> sent = Reserve(ref _sent, length), received = Reserve(ref _received, length);
            MemoryMarshal.AsBytes(sums).CopyTo(sent);
            MemoryMarshal.AsBytes(counts).CopyTo(sent[split..]);
            Swap(sent, received, distance);
            Add(sums, MemoryMarshal.Cast<byte, double>(received[..split]), distance);
            Add(counts, MemoryMarshal.Cast<byte, long>(received[split..]), distance);
        }
    }

    /// <summary>Sends the part of each rank to all other ranks.</summary>
    /// <param name="all">The parts of all ranks, one after another. The caller has filled the part of this rank.</param>
    /// <param name="bounds">The start of each rank's part, and the end of the last part.</param>
    public void Gather(Span<byte> all, ReadOnlySpan<int> bounds)
    {
        for (int distance = 1; distance < RankCount; distance *= 2)
        {
            int own = Rank & -distance, other = own ^ distance;
            Span<byte> from = all[bounds[own]..bounds[own + distance]], to = all[bounds[other]..bounds[other + distance]];
            // Both partners must send the same number of bytes.
            int length = Math.Max(from.Length, to.Length);
            Span<byte> sent = Reserve(ref _sent, length), received = Reserve(ref _received, length);
            from.CopyTo(sent);
            Swap(sent, received, distance);
            received[..to.Length].CopyTo(to);
        }
    }

    /// <summary>Returns the bytes of all ranks, whose lengths can differ. Allocates the result.</summary>
    public byte[][] Gather(ReadOnlySpan<byte> own)
    {
        var lengths = new long[RankCount];
        lengths[Rank] = own.Length;
        Sum([], lengths);
        var bounds = new int[RankCount + 1];
        for (int rank = 0; rank < RankCount; rank++)
            bounds[rank + 1] = checked(bounds[rank] + (int)lengths[rank]);
        byte[] all = new byte[bounds[^1]];
        own.CopyTo(all.AsSpan(bounds[Rank]));
        Gather(all, bounds);
        return [.. Enumerable.Range(0, RankCount).Select(rank => all[bounds[rank]..bounds[rank + 1]])];
    }

    /// <summary>Returns the texts of all ranks.</summary>
    public string[] Gather(string own) => [.. Gather(Encoding.UTF8.GetBytes(own)).Select(Encoding.UTF8.GetString)];

    /// <summary>Replaces the bytes of all ranks with those of rank 0.</summary>
    public void Broadcast(Span<byte> bytes)
    {
        for (int start = 0; start < bytes.Length && !IsAlone; start += PieceBytes)
        {
            Span<byte> piece = bytes[start..Math.Min(start + PieceBytes, bytes.Length)], other = Reserve(ref _received, piece.Length);
            for (int distance = 1; distance < RankCount; distance *= 2)
            {
                if (Rank < distance)
                    Swap(piece, other, distance);
                else if (Rank < 2 * distance)
                    Swap(other, piece, distance);
            }
        }
    }

    /// <summary>Returns the bytes of rank 0.</summary>
    public byte[] BroadcastBlob(ReadOnlySpan<byte> ofRank0)
    {
        long length = ofRank0.Length;
        Broadcast(MemoryMarshal.AsBytes(new Span<long>(ref length)));
        byte[] bytes = new byte[checked((int)length)];
        if (Rank == 0)
            ofRank0.CopyTo(bytes);
        Broadcast(bytes);
        return bytes;
    }

    /// <summary>
    /// Returns the start of the half that this rank keeps, the start of the half that it sends, and the length of a half. If the number of values is odd, both
    /// halves contain the middle value.
    /// </summary>
    private (int Kept, int Given, int Half) Halves((int Start, int Length) range, int distance)
    {
        int half = (range.Length + 1) / 2, high = range.Start + range.Length - half;
        return (Rank & distance) == 0 ? (range.Start, high, half) : (high, range.Start, half);
    }

    /// <summary>
    /// Adds the values that were received from a rank at a distance. The sum of the lower rank is the left operand, so that even a NaN has the same bits on all
    /// ranks.
    /// </summary>
    private void Add<T>(Span<T> values, ReadOnlySpan<T> received, int distance)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        if ((Rank & distance) == 0)
            TensorPrimitives.Add(values, received, values);
        else
            TensorPrimitives.Add(received, values, values);
    }

    private void Swap(ReadOnlySpan<byte> sent, Span<byte> received, int distance)
    {
        if (sent.IsEmpty)
            return;
        communicator.Swap(sent, received, Rank ^ distance);
        BytesSent += sent.Length;
    }

    private Span<float> Floats(int length)
    {
        if (_floats.Length < length)
            _floats = new float[length];
        return _floats.AsSpan(0, length);
    }

    private static Span<byte> Reserve(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new byte[length];
        return buffer.AsSpan(0, length);
    }
}
