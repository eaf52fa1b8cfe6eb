using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch;

/// <summary>
/// Computes the gradients of a step that the processes of a cluster share. Each process computes its shards and adds their gradients. In the backward pass of the
/// last shard, the gradients of a layer are sent as soon as they are complete, on another thread if the communicator allows it.
/// </summary>
internal sealed class ShardedPass : ILayerObserver
{
    private readonly GradientExchange _exchange;
    private readonly Collectives _collectives;
    private readonly ParameterStore _parameters;
    private readonly GradientPass _pass;
    private readonly bool _mixesSamples;
    private readonly ShardTree _tree;
    private readonly StepMessage _message;
    private readonly GradientBuckets _buckets;
    private readonly CommunicationThread? _thread;
    private readonly int[] _bounds;
    private readonly long[] _counted = new long[1];
    private int _announced, _ready;
    private bool _isPending;
    private StepFigures? _figures;
    private ShardCut _cut;

    public ShardedPass(GradientExchange exchange, Sequential network, GradientPass pass, Engine engine)
    {
        _exchange = exchange;
        _collectives = exchange.Collectives;
        _parameters = network.Parameters;
        _pass = pass;
        _mixesSamples = network.Chain.MixesSamples;
        _tree = new ShardTree(_parameters, engine, exchange.OwnShards);
        _message = new StepMessage(exchange.OwnShards);
        _buckets = new GradientBuckets(network);
        _thread = exchange.Communicator.AllowsAnyThread && !_collectives.IsAlone ? new CommunicationThread(ExchangeBucket) : null;
        _bounds = new int[_collectives.RankCount + 1];
    }

    /// <summary>The totals of the last step over all processes, and the requests of the processes to end the training.</summary>
    public StepMessage Message => _message;

    /// <summary>Whether gradients have been computed and not exchanged.</summary>
    public bool IsPending => _isPending;

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
        if (_isPending)
            throw new InvalidOperationException("the gradients of the previous step were not exchanged; call Exchange between ComputeGradients and Update");
        double divisor = Divisor(batch);
        long start = Stopwatch.GetTimestamp();
        (_announced, _ready, _figures, _cut) = (0, _parameters.Values.Length, figures, Cut(batch));
        _thread?.Begin();
        _message.Begin(figures);
        figures?.Begin(batch.Rows);
        int partLength = ShardCut.PartLength(batch.PartLength, _exchange.ShardCount);
        for (int i = 0; i < _exchange.OwnShards; i++)
            Compute(i, batch, divisor, partLength, random, figures, refusesNonFinite);
        Finish(0);
        _exchange.Computing += Stopwatch.GetElapsedTime(start);
        (_isPending, _message.Samples) = (true, OwnCount(batch));
        return new StepTotals(_message.Samples, _message.LossSum, divisor);
    }

    /// <summary>Waits until all gradients are exchanged, and exchanges the totals.</summary>
    /// <param name="totals">The totals of this process.</param>
    /// <param name="wishes">The requests of this process to end the training; null for none.</param>
    /// <returns>The totals of the whole step.</returns>
    public StepTotals Exchange(StepTotals totals, StepWishes? wishes)
    {
        if (!_isPending)
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
        _isPending = false;
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
        if (_isPending)
            throw new InvalidOperationException("the gradients are those of this process alone; call Exchange before Update");
    }

    void ILayerObserver.OnLayerFinished(int firstParameter, int parameterCount)
    {
        if (parameterCount > 0)
            Finish(_parameters[firstParameter].Offset);
    }

    private void Compute(int index, in TrainingBatch batch, double divisor, int partLength, RandomSource random, StepFigures? figures, bool refusesNonFinite)
    {
        int start = _cut.Start(_exchange.FirstShard + index), rows = _cut.Start(_exchange.FirstShard + index + 1) - start;
        bool isLast = index == _exchange.OwnShards - 1;
        figures?.BeginShard(start);
        double lossSum = 0;
        if (rows > 0)
            lossSum = _pass.Run(batch.Shard(start, rows, divisor, partLength), random, accumulate: false, figures?.Blocks, isLast ? this : null, refusesNonFinite).LossSum;
        else
            _parameters.Gradients.Clear();
        _message.Add(index, lossSum, figures);
        if (!isLast)
            _tree.Keep(index);
    }

    /// <summary>Completes the gradients from an index of the flat buffer to its end, and starts their exchange.</summary>
    private void Finish(int start)
    {
        if (start >= _ready)
            return;
        _tree.Finish(start, _ready - start);
        _ready = start;
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

    private int OwnCount(in TrainingBatch batch)
    {
        (int start, int end) = OwnRows(batch);
        return end - start;
    }

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
