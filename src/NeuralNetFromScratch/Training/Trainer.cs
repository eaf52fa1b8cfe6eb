namespace NeuralNetFromScratch;

/// <summary>
/// Trains a network. A trainer owns the threads, the buffers and the state of the training. It is not thread-safe: a method that trains throws
/// <see cref="InvalidOperationException"/> while another call is in progress, on any thread, including calls from a callback or a data set.
/// Different networks can be trained at the same time by different trainers. The result has the same bits for any number of threads.
/// </summary>
/// <remarks>
/// A training can be controlled at three levels: <see cref="Fit"/>; <c>TrainStep</c> in the caller's loop; and the stages of a step, <c>Load</c>,
/// <see cref="ComputeGradients"/>, <see cref="Exchange"/> and <see cref="Update"/>. With <see cref="TrainerOptions.Exchange"/> the processes of a cluster
/// share each step: all of them make the same calls with the same arguments.
/// </remarks>
public sealed partial class Trainer
{
    private readonly Sequential _network;
    private readonly Loss _loss;
    private readonly Optimizer _optimizer;
    private readonly Engine _engine;
    private readonly TrainingState _state;
    private readonly StepRunner _steps;
    private readonly int _shards;
    private UseGuard _use;

    /// <summary>Creates a trainer.</summary>
    /// <param name="network">The network to train.</param>
    /// <param name="loss">The loss to minimize.</param>
    /// <param name="optimizer">The update rule.</param>
    /// <param name="options">The number of threads and the gradient exchange; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is not positive.</exception>
    /// <exception cref="ArgumentException">
    /// The optimizer has a group that names no layer or parameter of the network, or the network and the loss contradict each other: the outputs
    /// have another meaning (<see cref="Sequential.OutputActivation"/>), for example after a training with another kind of loss; the last layer
    /// applies a sigmoid that the loss applies too; or the loss is not defined for the number of outputs.
    /// </exception>
    public Trainer(Sequential network, Loss loss, Optimizer optimizer, TrainerOptions? options = null)
        : this(network, loss, optimizer, EngineOf(options ?? new()), options?.Exchange)
    {
    }

    /// <summary>Creates a trainer that shares an engine.</summary>
    internal Trainer(Sequential network, Loss loss, Optimizer optimizer, Engine engine, GradientExchange? exchange = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        network.AdoptOutputs(loss);
        _network = network;
        _loss = loss;
        _optimizer = optimizer;
        _engine = engine;
        _state = new TrainingState(network, optimizer);
        _shards = exchange?.ShardCount ?? 1;
        _steps = new StepRunner(loss, optimizer, engine, exchange is { ShardCount: > 1 } ? exchange : null, _state);
    }

    /// <summary>The result of the last <see cref="Fit"/>, including one that was cancelled.</summary>
    public TrainingHistory History { get; private set; } = new([]);

    /// <summary>
    /// The network with the moving average of the parameters; null unless <see cref="Optimizer.EmaDecay"/> is set. It is updated in each step.
    /// Its running statistics are those of the trained network. Validation and early stopping evaluate it.
    /// </summary>
    public Sequential? AveragedNetwork => _state.AveragedNetwork;

    /// <summary>The maximum number of threads. A training that is faster with fewer threads uses fewer: see <see cref="EpochRecord.ThreadCount"/>.</summary>
    public int ThreadCount => _engine.ThreadCount;

    /// <summary>The method of computing sums of products. A checkpoint records whether each step of a sum is rounded once or twice.</summary>
    public MultiplyAddKind MultiplyAdd => _engine.MultiplyAdd;

    /// <summary>The number of updates so far.</summary>
    public long StepCount => _state.Steps;

    /// <summary>
    /// Trains for a number of epochs. A second call continues with the parameters, the optimizer's state and the random numbers of the first. Its
    /// epochs count from 1, its schedule begins anew, and its history has only its own epochs.
    /// </summary>
    /// <param name="training">The training samples.</param>
    /// <param name="options">Epochs, batch size and other options; null for the defaults.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">
    /// Cancels the training at the next step. The best parameters are restored if early stopping does so, and <see cref="History"/> has the
    /// finished epochs.
    /// </param>
    /// <returns>The loss and metrics of each epoch.</returns>
    /// <exception cref="ArgumentException">
    /// A data set is empty or does not match the network, or an option is out of range. Nothing has changed.
    /// </exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite and <see cref="FitOptions.StopOnNonFiniteLoss"/> is true.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another call of this trainer is in progress; or the arguments or parameters differ between the processes of a cluster, in which case all of them throw.
    /// </exception>
    public TrainingHistory Fit(
        Dataset training, FitOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        using UseGuard.Use use = BeginUse();
        try
        {
            return Run(Begin(training, options ?? new(), nameof(Fit)), progress, cancellationToken);
        }
        catch (Exception exception) when (Abandons(exception))
        {
            throw;
        }
    }

    /// <summary>
    /// Runs a learning-rate range test (Smith 2017). Trains while the learning rate rises geometrically from step to step, until the loss is four
    /// times the lowest, and then restores the previous state. Losses are smoothed exponentially with factor 0.9.
    /// </summary>
    /// <param name="training">The samples.</param>
    /// <param name="minLearningRate">The first rate; positive. Default: 1e-5.</param>
    /// <param name="maxLearningRate">The last rate; must be above <paramref name="minLearningRate"/>. Default: 10.</param>
    /// <param name="stepCount">The maximum number of steps; at least 2. Default: 100.</param>
    /// <param name="batchSize">The number of samples in a step; positive. Default: 64.</param>
    /// <param name="seed">The seed of the sample order.</param>
    /// <returns>The smoothed loss of each rate and a suggested rate.</returns>
    /// <exception cref="ArgumentException">The data set is empty or does not match the network.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another call of this trainer is in progress, or another process of a cluster rejects its arguments.
    /// </exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite in one of the first steps.</exception>
    public LearningRateRangeTest FindLearningRate(
        Dataset training, float minLearningRate = 1e-5f, float maxLearningRate = 10, int stepCount = 100, int batchSize = 64, ulong seed = 0)
    {
        try
        {
            _network.CheckDataset(training, nameof(training));
            Guard.Positive(minLearningRate, nameof(minLearningRate));
            if (Guard.Positive(maxLearningRate, nameof(maxLearningRate)) <= minLearningRate)
                throw Guard.OutOfRange(nameof(maxLearningRate), maxLearningRate, FormattableString.Invariant($"must be above minLearningRate, {minLearningRate}"));
            ArgumentOutOfRangeException.ThrowIfLessThan(stepCount, 2);
            Guard.Positive(batchSize, nameof(batchSize));
        }
        catch (ArgumentException exception) when (Refuses(exception, hasLabels: training is not { TargetLength: > 0 }))
        {
            throw;
        }

        using UseGuard.Use use = BeginUse();
        using TrainingState.Snapshot snapshot = _state.TakeSnapshot();
        try
        {
            BeginCluster();
            return RunRangeTest(training, new LearningRateFinder(minLearningRate, maxLearningRate, stepCount), batchSize, seed);
        }
        catch (Exception exception) when (Abandons(exception))
        {
            throw;
        }
    }

    private LearningRateRangeTest RunRangeTest(Dataset training, LearningRateFinder finder, int batchSize, ulong seed)
    {
        var order = new int[training.Count];
        EpochOrder.Fill(order, shuffles: true, seed, _state.FinishedEpochs);
        int position = 0;
        while (!finder.IsFinished)
        {
            int count = Math.Min(batchSize, order.Length - position);
            var batch = new TrainingBatch(new BatchSource(training, order.AsSpan(position, count)), _loss) { PartLength = count };
            position = position + count == order.Length ? 0 : position + count;
            finder.Follow(_steps.Run(batch, seed, finder.Rate, momentum: null, stopsAtNonFiniteLoss: false, figures: null).Totals.Loss);
        }

        return finder.Result();
    }

    private static Engine EngineOf(TrainerOptions options)
    {
        options.Validate();
        return new Engine(options.ThreadCount, options.EmulateFusedMultiplyAdd);
    }

    private UseGuard.Use BeginUse() => _use.Begin(
        "the trainer is in use: it runs one call at a time, and its callbacks, data sets and parts must not call it; use another trainer for another training, or the network itself to predict and evaluate");

    /// <summary>Checks all arguments before anything changes.</summary>
    private TrainingPlan Begin(Dataset training, FitOptions options)
    {
        var plan = new TrainingPlan(_network, _loss, _optimizer, training, options, _steps.Cluster?.Exchange);
        var figures = new EpochFigures(_network, plan.Task, plan.Metrics, _loss.IgnoredLabel, _engine, inShards: _shards > 1);
        figures.Reset(plan.Training.Count);
        _state.BeginFit(figures, options.EarlyStopping is { RestoresBest: true });
        return plan;
    }

    private TrainingHistory Run(
        TrainingPlan plan, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken, (string Checkpoint, HistoryPlace Place, int Epochs)? resumed = null)
    {
        ClusterStart? cluster = _steps.Cluster;
        cluster?.BroadcastState();
        bool writes = cluster is not { Rank: > 0 };
        IEvaluationShare? share = cluster is { IsAlone: false } ? new ClusterEvaluation(cluster.Exchange.Collectives) : null;
        Evaluator? evaluator = plan.Validation is null ? null : new Evaluator(_state.WatchedNetwork, _loss, plan.Metrics, _engine, share);
        using CheckpointWriter? checkpoint = writes && plan.Options.Checkpoint is { } where ? new CheckpointWriter(where, Fingerprint(plan), resumed) : null;
        var loop = new TrainingLoop(_state, _steps, plan, _loss, _optimizer.LearningRate, evaluator, checkpoint, writes ? progress : null);
        History = loop.History;
        try
        {
            loop.Run(cancellationToken);
        }
        finally
        {
            (progress as ITrainingDisplay)?.End();
        }

        return History;
    }

    private IReadOnlyDictionary<string, string> Fingerprint(TrainingPlan plan) =>
        plan.Fingerprint ??= TrainingFingerprint.Of(_network, _loss, _optimizer, _engine, _shards, plan);
}
