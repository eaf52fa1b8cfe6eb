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

    /// <summary>
    /// The number of bytes that a sum adds at once, and the number of these pieces that are on their way at the same time. All of them stay in the processor's cache.
    /// </summary>
    private const int AddedBytes = 1 << 18, AddedPieces = 3;

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
            SwapAndAdd(values.Slice(given, half), values.Slice(kept, half), distance, sharesMiddle: kept == given + half - 1);
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

    private void Add<T>(Span<T> values, ReadOnlySpan<T> received, int distance)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T> => Add(values, received, (Rank & distance) == 0);

    /// <summary>
    /// Adds the values that were received from another rank. The sum of the lower rank is the left operand, so that even a NaN has the same bits on all ranks.
    /// </summary>
    private static void Add<T>(Span<T> values, ReadOnlySpan<T> received, bool isLower)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        if (isLower)
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

    /// <summary>Swaps floats with a rank at a distance, and adds the received ones to others, piece by piece.</summary>
    /// <param name="sent">The floats to send.</param>
    /// <param name="sums">The floats to which the received ones are added.</param>
    /// <param name="distance">The distance.</param>
    /// <param name="sharesMiddle">Whether the first of <paramref name="sums"/> is the last of <paramref name="sent"/>, so that it must be added last.</param>
    private void SwapAndAdd(ReadOnlySpan<float> sent, Span<float> sums, int distance, bool sharesMiddle)
    {
        Span<byte> buffer = MemoryMarshal.AsBytes(Floats(AddedBytes * AddedPieces / sizeof(float)));
        Span<float> middle = stackalloc float[sharesMiddle ? 1 : 0];
        communicator.SwapPieces(MemoryMarshal.AsBytes(sent), buffer, AddedBytes, Rank ^ distance, new Addition(sums, middle, (Rank & distance) == 0));
        Add(sums[..middle.Length], middle, distance);
        BytesSent += sent.Length * sizeof(float);
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

    /// <summary>Adds the floats of each piece that is received, except the first ones, which are copied.</summary>
    private readonly ref struct Addition(Span<float> sums, Span<float> copied, bool isLower) : IPieceReceiver
    {
        private readonly Span<float> _sums = sums, _copied = copied;

        public void Receive(int start, ReadOnlySpan<byte> piece)
        {
            ReadOnlySpan<float> received = MemoryMarshal.Cast<byte, float>(piece);
            int first = start / sizeof(float), skipped = first == 0 ? _copied.Length : 0;
            received[..skipped].CopyTo(_copied);
            Add(_sums[(first + skipped)..(first + received.Length)], received[skipped..], isLower);
        }
    }
}
