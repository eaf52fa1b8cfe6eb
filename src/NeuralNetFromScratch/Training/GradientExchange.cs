using System.Globalization;
using System.Numerics;

namespace NeuralNetFromScratch;

/// <summary>
/// Trains one network by all processes of a cluster. A step's samples are cut into shards; each process computes whole shards, and their gradients are added in a
/// binary tree over the shards. The bits of the result depend on the number of shards, but not on the number of processes: one process computes all shards with the
/// same bits. Set it as <see cref="TrainerOptions.Exchange"/> in each process.
/// </summary>
/// <remarks>
/// Each process passes the whole training samples and makes the same calls, but reads only the samples of its own shards, after all labels at the start. A layer that mixes samples, as batch
/// normalization does, sees the samples of a shard; the shards' contributions to running statistics are added in the same tree. An exchange of one shard is the same
/// as none.
/// </remarks>
public sealed class GradientExchange
{
    private const int MostShards = 1024;

    private Exception? _agreed;
    private TimeSpan _waiting;
    private long _steps;

    /// <summary>Creates an exchange.</summary>
    /// <param name="communicator">The connection to the other processes; <see cref="Communicator.Alone"/> for one process that computes all shards.</param>
    /// <param name="shards">The number of shards: a power of two, 1 to 1024, that the number of processes divides. Default: 8.</param>
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

    /// <summary>The number of shards into which each step is cut.</summary>
    public int ShardCount { get; }

    /// <summary>
    /// The number of steps between comparisons of the parameters of all processes. A difference ends the training on all of them. 0 for none. Default: 100; not
    /// negative.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int ComparisonInterval
    {
        get;
        init => field = Guard.NonNegative(value, nameof(ComparisonInterval));
    } = 100;

    /// <summary>What the steps of this process took so far.</summary>
    public ExchangeStatistics Statistics => new(_steps, Computing, _waiting, Collectives.BytesSent);

    internal Collectives Collectives { get; }

    /// <summary>The number of shards that this process computes.</summary>
    internal int OwnShards => ShardCount / Communicator.RankCount;

    /// <summary>The first shard of this process.</summary>
    internal int FirstShard => Communicator.Rank * OwnShards;

    internal TimeSpan Computing { get; set; }

    internal void Finish(TimeSpan waiting)
    {
        _waiting += waiting;
        _steps++;
    }

    /// <summary>Takes note of an exception that all processes throw alike.</summary>
    internal Exception Agree(Exception exception) => _agreed = exception;

    /// <summary>Ends the other processes if an exception is of this one alone: they would wait for it forever. Returns false, as the filter of a catch.</summary>
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

/// <summary>What the steps of a <see cref="GradientExchange"/> took on one process so far.</summary>
public readonly record struct ExchangeStatistics
{
    internal ExchangeStatistics(long steps, TimeSpan computing, TimeSpan waiting, long bytesSent)
    {
        Steps = steps;
        Computing = computing;
        Waiting = waiting;
        BytesSent = bytesSent;
    }

    /// <summary>The number of steps.</summary>
    public long Steps { get; }

    /// <summary>The time for the gradients of the process's own shards.</summary>
    public TimeSpan Computing { get; }

    /// <summary>The time in which the process waited for the gradients of others, after its own were computed.</summary>
    public TimeSpan Waiting { get; }

    /// <summary>The number of bytes that the process sent, of gradients and all else.</summary>
    public long BytesSent { get; }
}
