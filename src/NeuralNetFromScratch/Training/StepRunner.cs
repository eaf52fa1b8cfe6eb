using System.Diagnostics;
using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Runs the stages of a step in order: gradients, exchange, update.</summary>
internal sealed class StepRunner
{
    private const ulong LayerStream = 2;

    private readonly Engine _engine;
    private readonly GradientExchange? _exchange;
    private StepPace? _pace;
    private bool _isDivided;
    private readonly TrainingState _state;
    private readonly GradientPass? _pass;
    private readonly ShardedPass? _shards;
    private readonly ParameterUpdate _update;
    private readonly bool _ignoresLabels;

    /// <exception cref="ArgumentException">The optimizer has a group that names no parameter.</exception>
    public StepRunner(Loss loss, Optimizer optimizer, Engine engine, GradientExchange? exchange, TrainingState state)
    {
        _engine = engine;
        _state = state;
        _ignoresLabels = loss.IgnoredLabel is not null;
        var plan = new UpdatePlan(state.Network.Parameters, optimizer);
        if (exchange is null)
            _pass = CreatePass(state.Network.Parameters, engine);
        else
            _shards = new ShardedPass(exchange, state.Network, engine, CreatePass);
        _exchange = exchange;
        _update = new ParameterUpdate(plan, optimizer, engine, state, listsRows: exchange is null);
        Cluster = exchange is null ? null : new ClusterStart(exchange, state);
        GradientPass CreatePass(ParameterStore parameters, Engine engine) => new(state.Network, loss, engine, plan.Frozen, parameters);
    }

    /// <summary>The cluster whose processes share the steps; null if steps are not divided into shards.</summary>
    public ClusterStart? Cluster { get; }

    /// <summary>
    /// Whether updates of rows without gradients may be computed later, in a loop that completes them before other code runs. Default: false.
    /// </summary>
    public bool DefersUpdates { get; set; }

    /// <summary>The number of threads in use.</summary>
    public int ThreadCount => _pace?.Current.Threads ?? _engine.ThreadCount;

    /// <summary>Computes the gradients and stores them in the network's parameters.</summary>
    public StepTotals ComputeGradients(in TrainingBatch batch, ulong seed, bool accumulate, EpochFigures? figures, bool refusesNonFinite = false)
    {
        if (!_isDivided)
            Divide(batch.Rows);
        RandomSource random = new RandomSource(seed).Fork(LayerStream).Fork((ulong)_state.Steps);
        return _shards is null
            ? _pass!.Run(batch, random, accumulate, figures?.Blocks, observer: null, refusesNonFinite)
            : _shards.Compute(batch, random, figures?.Step, refusesNonFinite);
    }

    /// <summary>Replaces the gradients and totals of this process with the sums over all processes.</summary>
    /// <exception cref="InvalidOperationException">Another process rejects the arguments of the step.</exception>
    public StepTotals Exchange(StepTotals totals, StepWishes? wishes = null)
    {
        if (_shards is null)
            return totals;
        totals = _shards.Exchange(totals, wishes);
        return _shards.Message.Refusals == 0 ? totals : throw Cluster!.EndRefusedStep(refusal: null);
    }

    /// <summary>
    /// Notifies the other processes of a cluster, which compute or begin the step, that this process rejects its arguments. Does nothing between the stages of
    /// a step.
    /// </summary>
    /// <param name="exception">The exception of this process.</param>
    /// <param name="hasLabels">Whether the step has class labels.</param>
    public void Refuse(Exception exception, bool hasLabels)
    {
        if (_shards is not { IsPending: false } || Cluster is not { IsAlone: false } cluster)
            return;
        if (!cluster.HasBegun)
        {
            cluster.Refuse(exception);
            return;
        }

        _shards.Refuse(countsLabels: hasLabels && _ignoresLabels);
        cluster.EndRefusedStep(exception.Message);
    }

    /// <summary>Updates the parameters and counts the step.</summary>
    public void Update(float learningRate, float? momentum)
    {
        _shards?.ThrowIfPending();
        _update.Run(learningRate, momentum, DefersUpdates);
        Cluster?.CompareParameters();
    }

    /// <summary>Computes the updates that are missing.</summary>
    public void CompleteUpdates() => _update.Complete();

    /// <summary>
    /// Runs all stages with the division among threads that is fastest. If <paramref name="stopsAtNonFiniteLoss"/> is true, a loss that is not finite ends the step
    /// before the update.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (StepTotals Totals, StepOutcome Outcome) Run(
        in TrainingBatch batch, ulong seed, float learningRate, float? momentum, bool stopsAtNonFiniteLoss, EpochFigures? figures, bool refusesNonFinite = false,
        StepWishes? wishes = null)
    {
        if (!_isDivided)
            Divide(batch.Rows);
        if (_pace is null)
            return RunStages(batch, seed, learningRate, momentum, stopsAtNonFiniteLoss, figures, refusesNonFinite, wishes);
        long start = Stopwatch.GetTimestamp();
        TimeSpan computing = _exchange?.Computing ?? default;
        Use(_pace.Next);
        try
        {
            return RunStages(batch, seed, learningRate, momentum, stopsAtNonFiniteLoss, figures, refusesNonFinite, wishes);
        }
        finally
        {
            // Processes that exchange gradients wait for each other.
            _pace.Follow(batch.Rows, Cluster is null or { IsAlone: true } ? Stopwatch.GetTimestamp() - start : (_exchange!.Computing - computing).Ticks);
            _engine.ActiveThreads = _engine.ThreadCount;
        }
    }

    /// <summary>Returns the samples of a step that this process reads.</summary>
    public (int Start, int End) OwnRows(in TrainingBatch batch) => _shards?.OwnRows(batch) ?? (0, batch.Rows);

    /// <summary>Divides the first step, and decides whether divisions are compared.</summary>
    private void Divide(int rows)
    {
        _isDivided = true;
        int threads = _engine.ThreadCount, most = 1, first = 1;
        if (_shards is not null)
        {
            most = _exchange!.TeamCount ?? _shards.MostChosenTeams;
            first = _exchange.TeamCount ?? Math.Clamp(rows / _exchange.Communicator.RankCount / Tuning.TeamRows, 1, most);
            _shards.Divide(new StepDivision(threads, first));
            first = _shards.TeamCount;
        }

        // Processes of a cluster wait for each other, so that none of them uses fewer threads than it has.
        bool isAlone = _exchange is null or { Communicator.RankCount: 1 };
        if (_engine.Rests && threads > 1 && (most == 1 ? isAlone : _exchange!.TeamCount is null))
            _pace = new StepPace(new(threads, most), new(threads, first), isAlone);
    }

    private void Use(StepDivision division)
    {
        _engine.ActiveThreads = division.Threads;
        _shards?.Divide(division);
        if (_pace is { IsComparing: false })
            _shards?.ForgetOtherTeams();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (StepTotals Totals, StepOutcome Outcome) RunStages(
        in TrainingBatch batch, ulong seed, float learningRate, float? momentum, bool stopsAtNonFiniteLoss, EpochFigures? figures, bool refusesNonFinite,
        StepWishes? wishes)
    {
        StepTotals totals = Exchange(ComputeGradients(batch, seed, accumulate: false, figures, refusesNonFinite), wishes);
        if (_shards is { Message: var message })
        {
            if (message.Cancels + message.Stops > 0)
                return (totals, message.Cancels > 0 ? StepOutcome.Cancelled : StepOutcome.Stopped);
            figures?.AddStep(message.FigureSums, message.FigureCounts);
        }

        if (stopsAtNonFiniteLoss && !double.IsFinite(totals.Loss))
            return (totals, StepOutcome.NonFinite);
        Update(learningRate, momentum);
        return (totals, StepOutcome.Updated);
    }
}
