namespace NeuralNetFromScratch;

/// <summary>
/// The connection of a process to the others of a cluster, for example over MPI. Each process has a rank. All processes make the same calls in the
/// same order.
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
    /// Whether any thread may make calls, one at a time. Otherwise only the thread that created the communicator may, and gradients are not exchanged
    /// while others are still being computed. The default implementation returns true.
    /// </summary>
    public virtual bool AllowsAnyThread => true;

    /// <summary>
    /// Sends bytes to another process and receives as many from it, which makes the same call with this rank. Returns when both are done. Allocates
    /// nothing once warm.
    /// </summary>
    /// <param name="sent">The bytes to send.</param>
    /// <param name="received">Receives the other's bytes. Must not overlap <paramref name="sent"/>.</param>
    /// <param name="partner">The rank of the other process.</param>
    public abstract void Swap(ReadOnlySpan<byte> sent, Span<byte> received, int partner);

    /// <summary>Ends all processes of the cluster with a message, because this one can't go on. Does nothing in a cluster of one process.</summary>
    /// <param name="reason">The message, without the rank, which the communicator adds.</param>
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
