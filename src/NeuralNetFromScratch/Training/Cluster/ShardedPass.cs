using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Computes the gradients of a step that the processes of a cluster share. Each process computes its shards, divided among one or more teams of its threads, and adds
/// their gradients. In the backward pass of the last shard of each team, the gradients of a layer are sent as soon as all teams have completed them, on another thread
/// if the communicator allows it.
/// </summary>
internal sealed partial class ShardedPass
{
    private readonly GradientExchange _exchange;
    private readonly Collectives _collectives;
    private readonly ParameterStore _parameters;
    private readonly Engine _engine;
    private readonly Func<ParameterStore, Engine, GradientPass> _createPass;
    private readonly bool _mixesSamples;
    private readonly StepMessage _message;
    private readonly GradientBuckets _buckets;
    private readonly CommunicationThread? _thread;
    private readonly int[] _bounds;
    private readonly long[] _counted = new long[1];
    private readonly Lock _adding = new();
    private readonly ShardTeam[]?[] _divisions;
    private ShardTeam[] _teams;
    private int _announced, _added;
    private StepFigures? _figures;
    private ShardCut _cut;

    /// <param name="exchange">The exchange.</param>
    /// <param name="network">The network.</param>
    /// <param name="engine">The threads of the process.</param>
    /// <param name="createPass">Creates the pass of a team, which stores the gradients in a store.</param>
    public ShardedPass(GradientExchange exchange, Sequential network, Engine engine, Func<ParameterStore, Engine, GradientPass> createPass)
    {
        _exchange = exchange;
        _collectives = exchange.Collectives;
        _parameters = network.Parameters;
        _engine = engine;
        _createPass = createPass;
        _mixesSamples = network.Chain.MixesSamples;
        _message = new StepMessage(exchange.OwnShards);
        _buckets = new GradientBuckets(network);
        _thread = exchange.Communicator.AllowsAnyThread && !_collectives.IsAlone ? new CommunicationThread(ExchangeBucket) : null;
        _bounds = new int[_collectives.RankCount + 1];
        _divisions = new ShardTeam[]?[BitOperations.Log2((uint)MaxTeams) + 1];
        _teams = [];
    }

    /// <summary>The totals of the last step over all processes, and the requests of the processes to end the training.</summary>
    public StepMessage Message => _message;

    /// <summary>Whether gradients have been computed and not exchanged.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Returns the samples of a step that this process reads.</summary>
    public (int Start, int End) OwnRows(in TrainingBatch batch)
    {
        ShardCut cut = Cut(batch);
        return (cut.Start(_exchange.FirstShard), cut.Start(_exchange.FirstShard + _exchange.OwnShards));
    }

    /// <summary>Computes the gradients of this process's shards and begins to exchange them.</summary>
    /// <returns>The totals of these shards, with the divisor of the whole step.</returns>
    public StepTotals Compute(in TrainingBatch batch, RandomSource random, StepFigures? figures, bool refusesNonFinite)
    {
        if (IsPending)
            throw new InvalidOperationException("the gradients of the previous step were not exchanged; call Exchange between ComputeGradients and Update");
        double divisor = Divisor(batch);
        long start = Stopwatch.GetTimestamp();
        (_announced, _added, _figures, _cut) = (0, _parameters.ElementCount, figures, Cut(batch));
        _thread?.Begin();
        figures?.Begin(batch.Rows, _teams.Length, _teams[^1].Engine.ThreadCount);
        _message.Begin(figures);
        foreach (ShardTeam team in _teams)
            team.Begin();
        var job = new TeamJob(this, batch, divisor, random, refusesNonFinite);
        if (_teams.Length == 1)
            job.Run(0, 1);
        else
            RunTeams(job);
        AddTeams(_engine, 0);
        _message.AddShards();
        _exchange.Computing += Stopwatch.GetElapsedTime(start);
        _exchange.TeamsInUse = _teams.Length;
        (int first, int end) = OwnRows(batch);
        (IsPending, _message.Samples) = (true, end - first);
        return new StepTotals(_message.Samples, _message.LossSum, divisor);
    }

    /// <summary>Waits until all gradients are exchanged, and exchanges the totals.</summary>
    /// <param name="totals">The totals of this process.</param>
    /// <param name="wishes">The requests of this process to end the training; null for none.</param>
    /// <returns>The totals of the whole step.</returns>
    public StepTotals Exchange(StepTotals totals, StepWishes? wishes)
    {
        if (!IsPending)
            throw new InvalidOperationException("there are no gradients to exchange; call ComputeGradients before Exchange");
        long start = Stopwatch.GetTimestamp();
        if (_thread is not null)
            _thread.Wait();
        for (; !_collectives.IsAlone && _announced < _buckets.Count && _thread is null; _announced++)
            ExchangeBucket(_announced);
        (_message.LossSum, _message.Samples) = (totals.LossSum, totals.Samples);
        (_message.Stops, _message.Cancels) = (wishes is { Stops: true } ? 1 : 0, wishes is { Cancels: true } ? 1 : 0);
        _message.Exchange(_collectives);
        if (_figures is { Accumulator.HasScores: true } figures && !_collectives.IsAlone)
            GatherScores(figures.Accumulator);
        IsPending = false;
        _exchange.Finish(Stopwatch.GetElapsedTime(start));
        return new StepTotals(_message.Samples, _message.LossSum, totals.Divisor);
    }

    /// <summary>Takes part in the exchange of a step whose arguments this process rejects. The message tells the other processes, which then change nothing.</summary>
    /// <param name="countsLabels">Whether the processes count labels that the loss does not ignore.</param>
    public void Refuse(bool countsLabels)
    {
        if (countsLabels)
        {
            _counted[0] = 0;
            _collectives.Sum([], _counted);
        }

        for (int bucket = 0; bucket < _buckets.Count; bucket++)
            ExchangeBucket(bucket);
        _message.Begin(figures: null);
        _message.Refusals = 1;
        _message.Exchange(_collectives);
    }

    /// <summary>Throws if the gradients have not been exchanged yet, so that they are those of this process only.</summary>
    public void ThrowIfPending()
    {
        if (IsPending)
            throw new InvalidOperationException("the gradients are those of this process alone; call Exchange before Update");
    }

    /// <summary>
    /// Adds the gradients that all teams have completed, on the threads of the team that has completed them last, while the teams compute those of earlier layers. The
    /// gradients of the first layer are left to all threads of the process.
    /// </summary>
    public void OnGradientsFinished(ShardTeam team)
    {
        while (_thread is not null && Ready() is > 0 and var start && start < Volatile.Read(ref _added) && _adding.TryEnter())
        {
            try
            {
                AddTeams(team.Engine, start);
            }
            finally
            {
                _adding.Exit();
            }

            // A team that found the lock held is not seen unless the lock is released first.
            Interlocked.MemoryBarrier();
        }
    }

    private int Ready()
    {
        int ready = 0;
        foreach (ShardTeam team in _teams)
            ready = Math.Max(ready, team.Ready);
        return ready;
    }

    /// <summary>Adds the gradients of all teams from an index on, and starts their exchange.</summary>
    private void AddTeams(Engine engine, int start)
    {
        int length = _added - start;
        if (length <= 0)
            return;
        if (_teams.Length > 1)
            engine.Run(new AddTeamsJob(_teams, start, length), engine.WorkersFor((long)length * _teams.Length, Tuning.UpdateGrain));
        Volatile.Write(ref _added, start);
        if (_thread is null)
            return;
        int announced = _announced;
        while (announced < _buckets.Count && _buckets[announced].Start >= start)
            announced++;
        if (announced == _announced)
            return;
        _announced = announced;
        _thread.Announce(announced, isLast: announced == _buckets.Count);
    }

    private void ExchangeBucket(int bucket)
    {
        (int start, int length) = _buckets[bucket];
        _collectives.Sum(_parameters.KnownGradients.Slice(start, length));
    }

    /// <summary>Returns the divisor of the whole step. If the loss ignores a label, each process counts its own samples.</summary>
    private double Divisor(in TrainingBatch batch)
    {
        if (!batch.IgnoresLabels)
            return batch.Divisor;
        (int start, int end) = OwnRows(batch);
        _counted[0] = start == end ? 0 : batch.Shard(start, end - start, 1, 1).CountRows();
        _collectives.Sum([], _counted);
        return batch.DivisorOf((int)_counted[0]);
    }

    private ShardCut Cut(in TrainingBatch batch) => ShardCut.Of(batch.Rows, _exchange.ShardCount, _mixesSamples || batch.Source.Mixup.IsOn);

    private void GatherScores(MetricAccumulator accumulator)
    {
        for (int array = 0; array < accumulator.ScoreArrays; array++)
        {
            int width = accumulator.ScoresPerSample(array) * sizeof(float);
            if (width == 0)
                continue;
            for (int rank = 0; rank < _bounds.Length; rank++)
                _bounds[rank] = _cut.Start(rank * _exchange.OwnShards) * width;
            _collectives.Gather(MemoryMarshal.AsBytes(accumulator.Scores(array)), _bounds);
        }
    }
}
