namespace NeuralNetFromScratch;

/// <summary>
/// The connection of a process to the other processes of a cluster, for example over MPI. Each process has a rank. All processes make the same calls in the same
/// order.
/// </summary>
public abstract class Communicator
{
    /// <summary>A cluster of one process.</summary>
    public static Communicator Alone { get; } = new SingleProcess();

    /// <summary>The rank of this process: 0 to <see cref="RankCount"/> − 1.</summary>
    public abstract int Rank { get; }

    /// <summary>The number of processes.</summary>
    public abstract int RankCount { get; }

    /// <summary>
    /// Whether any thread may make calls, one at a time. If false, only the thread that created the communicator may make calls, and gradients are not exchanged
    /// while other gradients are still being computed. The default implementation returns true.
    /// </summary>
    public virtual bool AllowsAnyThread => true;

    /// <summary>
    /// Sends bytes to another process and receives the same number of bytes from it. The other process makes the same call with the rank of this process. Returns
    /// when both transfers are complete. Implementations should allocate nothing after the first calls.
    /// </summary>
    /// <param name="sent">The bytes to send.</param>
    /// <param name="received">Receives the bytes of the other process. Must not overlap <paramref name="sent"/>.</param>
    /// <param name="partner">The rank of the other process.</param>
    public abstract void Swap(ReadOnlySpan<byte> sent, Span<byte> received, int partner);

    /// <summary>
    /// Sends bytes to another process and receives the same number of bytes from it, in pieces. A receiver processes each piece while the next ones are on their way,
    /// if the communicator can do so. The other process makes the same call with the rank of this process and the same length of a piece. Returns when all transfers
    /// are complete. The default implementation calls <see cref="Swap"/> for each piece.
    /// </summary>
    /// <typeparam name="TReceiver">The type of the receiver.</typeparam>
    /// <param name="sent">The bytes to send.</param>
    /// <param name="buffer">Memory for the pieces on their way: at least one. Must not overlap <paramref name="sent"/>.</param>
    /// <param name="pieceLength">The number of bytes of each piece except the last, which can be shorter; positive.</param>
    /// <param name="partner">The rank of the other process.</param>
    /// <param name="receiver">Receives the pieces in order. It must not change the bytes to send.</param>
    public virtual void SwapPieces<TReceiver>(ReadOnlySpan<byte> sent, Span<byte> buffer, int pieceLength, int partner, TReceiver receiver)
        where TReceiver : IPieceReceiver, allows ref struct
    {
        for (int start = 0, length; start < sent.Length; start += length)
        {
            length = Math.Min(pieceLength, sent.Length - start);
            Span<byte> piece = buffer[..length];
            Swap(sent.Slice(start, length), piece, partner);
            receiver.Receive(start, piece);
        }
    }

    /// <summary>Ends all processes of the cluster with a message, because this process cannot continue. Does nothing in a cluster of one process.</summary>
    /// <param name="reason">The message without the rank. The communicator adds the rank.</param>
    public abstract void Abort(string reason);

    private sealed class SingleProcess : Communicator
    {
        public override int Rank => 0;

        public override int RankCount => 1;

        public override void Swap(ReadOnlySpan<byte> sent, Span<byte> received, int partner) =>
            throw new InvalidOperationException("a cluster of one process has no partner");

        public override void Abort(string reason)
        {
        }
    }
}

/// <summary>Processes the pieces that <see cref="Communicator.SwapPieces"/> receives.</summary>
public interface IPieceReceiver
{
    /// <summary>Processes a piece.</summary>
    /// <param name="start">The number of bytes before the piece.</param>
    /// <param name="piece">The bytes of the piece. They are valid until the method returns.</param>
    void Receive(int start, ReadOnlySpan<byte> piece);
}
