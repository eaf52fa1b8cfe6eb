using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NeuralNetFromScratch.Mpi;

/// <summary>
/// The processes that mpirun, srun or another launcher of MPI started, of which this one is a part. A program that is started without a launcher is
/// a cluster of one process, for which MPI need not be installed.
/// </summary>
/// <remarks>
/// <para>
/// The library of MPI is found at run time: Open MPI 4 or 5, MPICH 4 and those with its binary interface (Intel MPI, MVAPICH, Cray MPICH), or a
/// library with the standard interface of MPI 5, on Linux and macOS.
/// </para>
/// <para>
/// An exception that nothing handles ends all processes, and so does a process that is killed. A process that calls <see cref="Dispose"/> waits until
/// all do; if one of them still waits for bytes from it, all end. <see cref="Cancellation"/> ends a training in an orderly way.
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
    /// Whether any thread may make calls, one at a time: true if the library of MPI provides MPI_THREAD_SERIALIZED, as those above do, and in a
    /// cluster of one process.
    /// </summary>
    public override bool AllowsAnyThread => _connection?.AllowsAnyThread ?? true;

    /// <summary>
    /// The number of threads for this process: the cores that it may use, divided by the processes of this machine that may use them too; at least 1.
    /// For <see cref="TrainerOptions.ThreadCount"/>.
    /// </summary>
    public int ThreadCount { get; }

    /// <summary>The name and version of the library of MPI, as it says itself; "none" in a cluster of one process that was started without a launcher.</summary>
    public string Library => _connection?.Version ?? "none";

    /// <summary>
    /// A token for <see cref="FitOptions"/> and the like. Once this has been read, the first SIGINT (Ctrl+C), SIGTERM or SIGUSR1 to this process
    /// cancels the token instead of ending the process; the second ends it. A training agrees among all processes on the step that it ends after, so it is
    /// enough that one of them receives a signal.
    /// </summary>
    public CancellationToken Cancellation => _signals.Value.Token;

    /// <summary>Joins the processes that a launcher started. All of them make this call, once each.</summary>
    /// <param name="library">
    /// The name or path of the library of MPI; null, the default, for the one that fits the launcher, which is known from the environment.
    /// With a name MPI is started also where the launcher is not recognized.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="library"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">
    /// No library of MPI is found, the one that is found does not fit the launcher or has an unknown binary interface, or this process has left a cluster before.
    /// </exception>
    public static MpiCluster Join(string? library = null)
    {
        if (library is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(library);
#pragma warning disable RS0030 // A launcher says in the environment, and nowhere else, that it started this process.
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
    /// The number of parts that each step is divided into. For one number of shards results have the same bits, whatever the number of processes, which has
    /// to divide it. Default 8; a power of two, 1 to 1,024.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shards"/> is out of range.</exception>
    /// <exception cref="ArgumentException">The number of processes does not divide <paramref name="shards"/>.</exception>
    public GradientExchange Exchange(int shards = 8) => new(this, shards);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="received"/> has another length than <paramref name="sent"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="partner"/> is no other rank of the cluster.</exception>
    /// <exception cref="ObjectDisposedException">This process has left the cluster.</exception>
    /// <exception cref="InvalidOperationException">MPI fails, or the partner sends another number of bytes.</exception>
    public override void Swap(ReadOnlySpan<byte> sent, Span<byte> received, int partner)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _hasLeft) != 0, this);
        if (sent.Length != received.Length)
            throw new ArgumentException($"{sent.Length} bytes are sent and {received.Length} received; a swap sends as many as it receives", nameof(received));
        if (partner < 0 || partner >= RankCount || partner == Rank)
            throw new ArgumentOutOfRangeException(nameof(partner), partner, $"the partner of rank {Rank} is another one of 0 to {RankCount - 1}");
        _connection!.Swap(sent, received, partner);
    }

    /// <inheritdoc/>
    public override void Abort(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (Volatile.Read(ref _hasLeft) == 0)
            _connection?.Abort(reason);
    }

    /// <summary>
    /// Leaves the cluster. Waits until all processes do; if one of them waits for bytes from this process instead, ends all with a message.
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

    private void Leave(object? sender, EventArgs e) => Dispose();

    private void EndAll(object sender, UnhandledExceptionEventArgs e) => _connection!.Abort($"{e.ExceptionObject}");
}
