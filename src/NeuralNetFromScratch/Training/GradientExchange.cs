using System.Globalization;
using System.Numerics;

namespace NeuralNetFromScratch;

/// <summary>
/// Trains one network with all processes of a cluster. The samples of each step are divided into shards. Each process computes the gradients of whole shards, and
/// the gradients are added in a binary tree over the shards. The bits of the result depend on the number of shards, but not on the number of processes: one process
/// that computes all shards gets the same bits. Set it as <see cref="TrainerOptions.Exchange"/> in each process.
/// </summary>
/// <remarks>
/// All processes make the same calls and pass all training samples. At the start, a process reads all labels; after that, it reads only the samples of its own
/// shards. A layer that mixes samples, such as batch normalization, sees the samples of one shard. The contributions of the shards to running statistics are added
/// in the same tree. With one shard, the result is the same as without an exchange.
/// </remarks>
public sealed class GradientExchange
{
    private const int MostShards = 1024;

    private Exception? _agreed;
    private TimeSpan _waiting;
    private long _steps;

    /// <summary>Creates an exchange.</summary>
    /// <param name="communicator">The connection to the other processes; <see cref="Communicator.Alone"/> for one process that computes all shards.</param>
    /// <param name="shards">The number of shards: a power of two from 1 to 1024 that is divisible by the number of processes. Default: 8.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shards"/> is not a power of two from 1 to 1024.</exception>
    /// <exception cref="ArgumentException">The number of processes does not divide the number of shards.</exception>
    public GradientExchange(Communicator communicator, int shards = 8)
    {
        ArgumentNullException.ThrowIfNull(communicator);
        if (shards is < 1 or > MostShards || !BitOperations.IsPow2(shards))
            throw new ArgumentOutOfRangeException(nameof(shards), shards, string.Create(CultureInfo.InvariantCulture, $"the number of shards must be a power of two from 1 to {MostShards}"));
        if (shards % communicator.RankCount != 0)
            throw new ArgumentException(Unfit(shards, communicator.RankCount), nameof(communicator));
        Communicator = communicator;
        Collectives = new Collectives(communicator);
        ShardCount = shards;
    }

    /// <summary>The connection to the other processes.</summary>
    public Communicator Communicator { get; }

    /// <summary>The number of shards into which each step is divided.</summary>
    public int ShardCount { get; }

    /// <summary>
    /// The number of steps between two comparisons of the parameters of all processes. If the parameters differ, the training ends on all processes. 0 disables the
    /// comparison. Default: 100; not negative.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int ComparisonInterval
    {
        get;
        init => field = Guard.NonNegative(value, nameof(ComparisonInterval));
    } = 100;

    /// <summary>
    /// The maximum number of teams among which a process divides its threads and shards; positive. Each team computes consecutive shards one after another. Teams wait
    /// for each other less often than the threads of one team do, but each needs memory for its own gradients. The number of teams is a power of two that exceeds
    /// neither the threads nor the shards of the process. It changes no bit of the result. Default: null, by which a training begins with at most one team for each
    /// 64 samples of the process, and compares the durations of its steps with several numbers of teams.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? TeamCount
    {
        get;
        init => field = value is { } count ? Guard.Positive(count, nameof(TeamCount)) : null;
    }

    /// <summary>The time and the communication of this process's steps so far.</summary>
    public ExchangeStatistics Statistics => new(_steps, Computing, _waiting, Collectives.BytesSent, TeamsInUse);

    internal Collectives Collectives { get; }

    /// <summary>The number of shards that this process computes.</summary>
    internal int OwnShards => ShardCount / Communicator.RankCount;

    /// <summary>The first shard of this process.</summary>
    internal int FirstShard => Communicator.Rank * OwnShards;

    internal TimeSpan Computing { get; set; }

    internal int TeamsInUse { get; set; }

    internal void Finish(TimeSpan waiting)
    {
        _waiting += waiting;
        _steps++;
    }

    /// <summary>Records an exception that all processes throw.</summary>
    internal Exception Agree(Exception exception) => _agreed = exception;

    /// <summary>
    /// Ends the other processes if only this process throws the exception, because they would wait for this process forever. Returns false, for use as an exception
    /// filter.
    /// </summary>
    internal bool Abandons(Exception exception)
    {
        if (exception != _agreed)
            Communicator.Abort($"{exception}");
        return false;
    }

    private static string Unfit(int shards, int processes)
    {
        string[] numbers = [.. Enumerable.Range(0, BitOperations.Log2((uint)shards) + 1).Select(power => (1 << power).ToString(CultureInfo.InvariantCulture))];
        string list = numbers.Length == 1 ? numbers[0] : $"{string.Join(", ", numbers[..^1])} or {numbers[^1]}";
        return string.Create(CultureInfo.InvariantCulture, $"{shards} shard{(shards == 1 ? "" : "s")} divide among {list} processes, not {processes}");
    }
}

/// <summary>The time and the communication of the steps of a <see cref="GradientExchange"/> on one process so far.</summary>
public readonly record struct ExchangeStatistics
{
    internal ExchangeStatistics(long steps, TimeSpan computing, TimeSpan waiting, long bytesSent, int teamCount)
    {
        Steps = steps;
        Computing = computing;
        Waiting = waiting;
        BytesSent = bytesSent;
        TeamCount = teamCount;
    }

    /// <summary>The number of steps.</summary>
    public long Steps { get; }

    /// <summary>The time in which the process computed the gradients of its own shards.</summary>
    public TimeSpan Computing { get; }

    /// <summary>The time in which the process waited for the gradients of other processes, after its own gradients were computed.</summary>
    public TimeSpan Waiting { get; }

    /// <summary>The number of bytes that the process sent: gradients and all other data.</summary>
    public long BytesSent { get; }

    /// <summary>The number of teams among which the last step divided the shards of the process; 0 before the first step.</summary>
    public int TeamCount { get; }
}
