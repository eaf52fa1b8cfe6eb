using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NeuralNetFromScratch.Mpi;

/// <summary>
/// The cluster of the processes that mpirun, srun or another MPI launcher started, including this process. A program that is started without a launcher is a cluster
/// of one process, for which MPI need not be installed.
/// </summary>
/// <remarks>
/// <para>
/// The MPI library is found at run time: Open MPI 4 or 5, MPICH 4 and libraries with its binary interface (Intel MPI, MVAPICH, Cray MPICH), or a library with the
/// standard binary interface of MPI 5, on Linux and macOS.
/// </para>
/// <para>
/// If a process has an unhandled exception or is killed, all processes end. A process that calls <see cref="Dispose"/> waits until all processes have called it. If
/// another process still waits for bytes from the disposed one, all processes end. <see cref="Cancellation"/> ends a training in an orderly way.
/// </para>
/// </remarks>
[SuppressMessage("Design", "CA1063:Implement IDisposable Correctly", Justification = "The class is sealed and has no finalizer.")]
public sealed class MpiCluster : Communicator, IDisposable
{
    private readonly MpiConnection? _connection;
    private readonly Lazy<EndSignals> _signals = new(() => new EndSignals());
    private int _hasLeft;

    private MpiCluster(MpiConnection? connection)
    {
        _connection = connection;
        int cores = new TrainerOptions().ThreadCount;
        if (connection is null)
        {
            ThreadCount = cores;
            return;
        }

        byte[] records = connection.Gather(CoreShare.Record(path => File.Exists(path) ? File.ReadAllText(path) : null));
        ThreadCount = CoreShare.Cores(cores, records, connection.Rank);
        AppDomain.CurrentDomain.UnhandledException += EndAll;
        AppDomain.CurrentDomain.ProcessExit += Leave;
    }

    /// <inheritdoc/>
    public override int Rank => _connection?.Rank ?? 0;

    /// <inheritdoc/>
    public override int RankCount => _connection?.RankCount ?? 1;

    /// <summary>
    /// Whether any thread may make calls, one at a time. True in a cluster of one process and if the MPI library provides MPI_THREAD_SERIALIZED, as the supported
    /// libraries do.
    /// </summary>
    public override bool AllowsAnyThread => _connection?.AllowsAnyThread ?? true;

    /// <summary>
    /// The recommended value of <see cref="TrainerOptions.ThreadCount"/>: the number of cores that this process may use, divided among the processes of this machine
    /// that may use the same cores; at least 1.
    /// </summary>
    public int ThreadCount { get; }

    /// <summary>
    /// The name and version that the MPI library reports; "none" in a cluster of one process that was started without a launcher.
    /// </summary>
    public string Library => _connection?.Version ?? "none";

    /// <summary>
    /// A token for <see cref="Trainer.Fit"/> and other methods that can be cancelled. After this property has been read, the first SIGINT (Ctrl+C), SIGTERM or
    /// SIGUSR1 that this process receives cancels the token instead of ending the process; the second one ends the process. It is sufficient that one process
    /// receives a signal: the training ends after the same step on all processes.
    /// </summary>
    public CancellationToken Cancellation => _signals.Value.Token;

    /// <summary>Joins the processes that a launcher started. Each of them makes this call exactly once.</summary>
    /// <param name="library">
    /// The name or path of the MPI library; null, the default, for the library that matches the launcher, which is determined from environment variables.
    /// If a name is given, MPI is started even if the launcher is not recognized.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="library"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">
    /// No MPI library is found, the library does not match the launcher or has an unknown binary interface, or this process has left a cluster before.
    /// </exception>
    public static MpiCluster Join(string? library = null)
    {
        if (library is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(library);
#pragma warning disable RS0030 // Only environment variables show whether a launcher started this process.
        var launcher = Launcher.Find(Environment.GetEnvironmentVariable);
#pragma warning restore RS0030
        if (launcher is null && library is null)
            return new MpiCluster(null);

        IReadOnlyList<string> names = library is null ? launcher!.Libraries : [library];
        MpiLibrary? found = names.Select(MpiLibrary.TryLoad).FirstOrDefault(loaded => loaded is not null);
        if (found is null)
            throw new InvalidOperationException(
                $"this process was started by {launcher?.Name ?? "no launcher that is known"}, but there is no library of MPI: tried {string.Join(", ", names)}. " +
                "Install the launcher's own (on Debian and Ubuntu: openmpi-bin or mpich), put its folder into LD_LIBRARY_PATH, or pass its path to Join");
        var connection = new MpiConnection(found);
        if (launcher?.ProcessCount is { } expected && connection.RankCount != expected)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"{launcher.Name} started {expected} processes, but {found.Version} sees {connection.RankCount}: it is not the launcher's library. Start the program with the launcher of that library, or pass the path of the launcher's library to Join"));
        }

        return new MpiCluster(connection);
    }

    /// <summary>
    /// Creates the exchange of gradients among these processes, for <see cref="TrainerOptions.Exchange"/>.
    /// </summary>
    /// <param name="shards">
    /// The number of shards into which each step is divided: a power of two from 1 to 1,024 that is divisible by the number of processes. With the same number of
    /// shards, the results have the same bits for any number of processes. Default: 8.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shards"/> is out of range.</exception>
    /// <exception cref="ArgumentException">The number of processes does not divide <paramref name="shards"/>.</exception>
    public GradientExchange Exchange(int shards = 8) => new(this, shards);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lengths of <paramref name="received"/> and <paramref name="sent"/> differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="partner"/> is not the rank of another process.</exception>
    /// <exception cref="ObjectDisposedException">This process has left the cluster.</exception>
    /// <exception cref="InvalidOperationException">MPI fails, or the partner sends a different number of bytes.</exception>
    public override void Swap(ReadOnlySpan<byte> sent, Span<byte> received, int partner)
    {
        if (sent.Length != received.Length)
            throw new ArgumentException($"{sent.Length} bytes are sent and {received.Length} received; a swap sends as many as it receives", nameof(received));
        ConnectionTo(partner).Swap(sent, received, partner);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="buffer"/> is shorter than a piece.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="partner"/> is not the rank of another process, or <paramref name="pieceLength"/> is not positive.
    /// </exception>
    /// <exception cref="ObjectDisposedException">This process has left the cluster.</exception>
    /// <exception cref="InvalidOperationException">MPI fails, or the partner sends a different number of bytes.</exception>
    public override void SwapPieces<TReceiver>(ReadOnlySpan<byte> sent, Span<byte> buffer, int pieceLength, int partner, TReceiver receiver)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pieceLength);
        if (buffer.Length < Math.Min(pieceLength, sent.Length))
            throw new ArgumentException($"the buffer has {buffer.Length} bytes, fewer than a piece of {pieceLength}", nameof(buffer));
        ConnectionTo(partner).SwapPieces(sent, buffer, pieceLength, partner, receiver);
    }

    /// <inheritdoc/>
    public override void Abort(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (Volatile.Read(ref _hasLeft) == 0)
            _connection?.Abort(reason);
    }

    /// <summary>
    /// Leaves the cluster. Waits until all processes leave it. If another process waits for bytes from this process instead, ends all processes with a message.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) != 0)
            return;
        if (_connection is not null)
        {
            AppDomain.CurrentDomain.ProcessExit -= Leave;
            _connection.Leave();
            AppDomain.CurrentDomain.UnhandledException -= EndAll;
        }

        if (_signals.IsValueCreated)
            _signals.Value.Dispose();
    }

    /// <summary>Returns the rank, the number of processes, and the library.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"rank {Rank} of {RankCount}, MPI: {Library}");

    /// <summary>Returns the connection if this process may swap bytes with a partner.</summary>
    private MpiConnection ConnectionTo(int partner)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _hasLeft) != 0, this);
        if (partner < 0 || partner >= RankCount || partner == Rank)
            throw new ArgumentOutOfRangeException(nameof(partner), partner, $"the partner of rank {Rank} is another one of 0 to {RankCount - 1}");
        return _connection!;
    }

    private void Leave(object? sender, EventArgs e) => Dispose();

    private void EndAll(object sender, UnhandledExceptionEventArgs e) => _connection!.Abort($"{e.ExceptionObject}");
}
