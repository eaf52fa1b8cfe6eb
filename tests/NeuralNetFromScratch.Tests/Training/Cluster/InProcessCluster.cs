namespace NeuralNetFromScratch.Tests.Training.Cluster;

/// <summary>A cluster whose processes are threads of this one.</summary>
internal sealed class InProcessCluster
{
    private const int TimeoutMilliseconds = 120_000;

    private readonly Member[] _ranks;
    private readonly Mailbox[,] _mailboxes;
    private volatile string? _aborted;

    private InProcessCluster(int ranks, bool allowsAnyThread)
    {
        _mailboxes = new Mailbox[ranks, ranks];
        for (int from = 0; from < ranks; from++)
        {
            for (int to = 0; to < ranks; to++)
                _mailboxes[from, to] = new Mailbox();
        }

        _ranks = [.. Enumerable.Range(0, ranks).Select(rank => new Member(this, rank, ranks, allowsAnyThread))];
    }

    /// <summary>The reason with which a rank ended all; null if none did.</summary>
    public string? Aborted => _aborted;

    /// <summary>Runs a program on each rank, and returns the results; the exception of a rank is thrown.</summary>
    public static T[] Run<T>(int ranks, Func<Communicator, T> program, bool allowsAnyThread = true)
    {
        (T?[] results, Exception?[] failures, string? aborted) = TryRun(ranks, program, allowsAnyThread);
        if (Array.Find(failures, failure => failure is not null) is { } first)
            throw new AssertionException($"a rank failed ({aborted}): {first}", first);
        return results!;
    }

    /// <summary>Runs a program on each rank, and returns the results and exceptions.</summary>
    public static (T?[] Results, Exception?[] Failures, string? Aborted) TryRun<T>(int ranks, Func<Communicator, T> program, bool allowsAnyThread = true)
    {
        var cluster = new InProcessCluster(ranks, allowsAnyThread);
        var results = new T?[ranks];
        var failures = new Exception?[ranks];
        Thread[] threads =
        [
            .. Enumerable.Range(0, ranks).Select(rank => new Thread(() =>
            {
                try
                {
                    results[rank] = program(cluster._ranks[rank]);
                }
                catch (Exception exception)
                {
                    failures[rank] = exception;
                }
            })),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            Assert.That(thread.Join(TimeoutMilliseconds), "a rank waits forever");
        return (results, failures, cluster._aborted);
    }

    private sealed class Member(InProcessCluster cluster, int rank, int count, bool allowsAnyThread) : Communicator
    {
        public override int Rank => rank;

        public override int RankCount => count;

        public override bool AllowsAnyThread => allowsAnyThread;

        public override void Swap(ReadOnlySpan<byte> sent, Span<byte> received, int partner)
        {
            cluster._mailboxes[rank, partner].Put(sent, cluster);
            cluster._mailboxes[partner, rank].Take(received, cluster);
        }

        public override void Abort(string reason)
        {
            cluster._aborted ??= reason;
            foreach (Mailbox mailbox in cluster._mailboxes)
                mailbox.Wake();
        }
    }

    /// <summary>One message from one rank to another. Allocates nothing once it has held the longest.</summary>
    private sealed class Mailbox
    {
        private readonly object _gate = new();
        private byte[] _bytes = [];
        private int _length = -1;

        public void Put(ReadOnlySpan<byte> bytes, InProcessCluster cluster)
        {
            lock (_gate)
            {
                while (_length >= 0)
                    Wait(cluster);
                if (_bytes.Length < bytes.Length)
                    _bytes = new byte[bytes.Length];
                bytes.CopyTo(_bytes);
                _length = bytes.Length;
                Monitor.PulseAll(_gate);
            }
        }

        public void Take(Span<byte> bytes, InProcessCluster cluster)
        {
            lock (_gate)
            {
                while (_length < 0)
                    Wait(cluster);
                if (_length != bytes.Length)
                    throw new InvalidOperationException($"{_length} bytes were sent, {bytes.Length} are expected");
                _bytes.AsSpan(0, _length).CopyTo(bytes);
                _length = -1;
                Monitor.PulseAll(_gate);
            }
        }

        public void Wake()
        {
            lock (_gate)
                Monitor.PulseAll(_gate);
        }

        private void Wait(InProcessCluster cluster)
        {
            if (cluster._aborted is { } reason)
                throw new IOException($"the cluster has ended: {reason}");
            Monitor.Wait(_gate);
        }
    }
}
