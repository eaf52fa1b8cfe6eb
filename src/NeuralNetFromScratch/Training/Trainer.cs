namespace NeuralNetFromScratch;

/// <summary>
/// Trains a network. It owns what training needs besides the network: threads, buffers, and where the training stands. One trainer is used by one
/// thread at a time; different networks can be trained at once, each by its own. The result has the same bits whatever the number of threads.
/// </summary>
/// <remarks>
/// There are three levels of use over one implementation: <see cref="Fit"/>; <c>TrainStep</c> in a loop of your own; and the stages of a step,
/// <c>Load</c>, <see cref="ComputeGradients"/>, <see cref="Exchange"/> and <see cref="Update"/>.
/// </remarks>
public sealed class Trainer
{
    private readonly Sequential _network;
    private readonly Loss _loss;
    private readonly Optimizer _optimizer;
    private readonly Engine _engine;
    private readonly TrainingState _state;
    private readonly StepRunner _steps;

    /// <summary>A trainer.</summary>
    /// <param name="network">The network, whose parameters it changes.</param>
    /// <param name="loss">The loss to minimize.</param>
    /// <param name="optimizer">The update rule.</param>
    /// <param name="options">Threads and exchange; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is not positive.</exception>
    /// <exception cref="ArgumentException">
    /// The optimizer has a group that names no layer or parameter of the network, or network and loss contradict each other: the outputs have
    /// another meaning, as they have after a training with a loss of another kind (<see cref="Sequential.OutputActivation"/>), the last layer
    /// applies a sigmoid that the loss applies too, or the loss is not defined for the number of outputs.
    /// </exception>
    public Trainer(Sequential network, Loss loss, Optimizer optimizer, TrainerOptions? options = null)
        : this(network, loss, optimizer, new Engine((options ?? new()).Threads), options?.Exchange)
    {
    }

    /// <summary>A trainer on an engine that others use too.</summary>
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
        _steps = new StepRunner(loss, optimizer, engine, exchange, _state);
    }

    /// <summary>What the last <see cref="Fit"/> reached, also when it was cancelled.</summary>
    public TrainingHistory History { get; private set; } = new([]);

    /// <summary>
    /// The network with the moving average of the parameters, where <see cref="Optimizer.AveragingDecay"/> asks for one, else null. It
    /// follows each step; running statistics are those of the trained network. Validation and early stopping look at it.
    /// </summary>
    public Sequential? AveragedNetwork => _state.AveragedNetwork;

    /// <summary>Number of threads that work together.</summary>
    public int Threads => _engine.Threads;

    /// <summary>Number of updates so far.</summary>
    public long Steps => _state.Steps;

    /// <summary>The first stage of a step: checks samples with class labels.</summary>
    /// <param name="inputs">[batch, in]: a matrix, sparse rows, or both side by side.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no output of the network.</exception>
    public TrainingBatch Load(BatchView inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default)
    {
        CheckInputs(inputs, weights);
        if (labels.Length != inputs.Rows)
            throw new ArgumentException($"expected {inputs.Rows} labels, one for each sample, got {labels.Length}", nameof(labels));
        Labels.ThrowIfOutside(labels, _network.OutputShape.ElementCount);
        return Batch(new SampleBatch { Inputs = inputs, Labels = labels, Weights = weights });
    }

    /// <summary>The first stage of a step: checks samples with dense targets.</summary>
    /// <param name="inputs">[batch, in]: a matrix, sparse rows, or both side by side.</param>
    /// <param name="targets">[batch, out].</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty.</exception>
    public TrainingBatch Load(BatchView inputs, ReadOnlyMatrixView targets, ReadOnlySpan<float> weights = default)
    {
        CheckInputs(inputs, weights);
        if (targets.Rows != inputs.Rows || targets.Columns != _network.OutputShape.ElementCount)
            throw new ArgumentException(
                $"{_network.Nodes[^1].Name}: expected targets [{inputs.Rows}, {_network.OutputShape.ElementCount}], got [{targets.Rows}, {targets.Columns}]",
                nameof(targets));
        return Batch(new SampleBatch { Inputs = inputs, Targets = targets, Weights = weights });
    }

    /// <summary>The first stage of a step: picks samples of a data set, which are gathered when gradients are computed.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="indices">Which, in the order of the batch; at least one.</param>
    /// <exception cref="ArgumentException">The data set does not fit the network, or the batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public TrainingBatch Load(Dataset data, ReadOnlySpan<int> indices)
    {
        _network.CheckDataset(data, nameof(data));
        if (indices.IsEmpty)
            throw new ArgumentException("the batch is empty", nameof(indices));
        foreach (int index in indices)
        {
            if ((uint)index >= (uint)data.Count)
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"the data set has {data.Count} samples");
        }

        return new TrainingBatch(new BatchSource(data, indices)) { PartLength = indices.Length };
    }

    /// <summary>
    /// The second stage: forward, loss and backward. The gradients of the sum of the losses over the batch's divisor lie in the network's parameters,
    /// and what the batch adds to running statistics in the gradients of state.
    /// </summary>
    /// <param name="batch">The samples.</param>
    /// <param name="seed">Seed of the layers' random numbers, which also go by the number of the step.</param>
    /// <param name="accumulate">Whether gradients are added to what is there.</param>
    public StepTotals ComputeGradients(TrainingBatch batch, ulong seed = 0, bool accumulate = false) =>
        _steps.ComputeGradients(batch, seed, accumulate, figures: null);

    /// <summary>The third stage: exchanges gradients with other machines, as <see cref="TrainerOptions.Exchange"/> does. Without one it does nothing.</summary>
    /// <param name="totals">The totals of this machine's share.</param>
    /// <returns>The totals of the whole step.</returns>
    public StepTotals Exchange(StepTotals totals) => _steps.Exchange(totals);

    /// <summary>The last stage: updates the parameters and running statistics from their gradients, and counts the step.</summary>
    /// <param name="learningRate">The learning rate; the optimizer's own if null.</param>
    /// <param name="momentum">The momentum, or Adam's β₁; the optimizer's own if null.</param>
    public void Update(float? learningRate = null, float? momentum = null) => _steps.Update(learningRate ?? _optimizer.LearningRate, momentum);

    /// <summary>One step of training on samples with class labels: all stages.</summary>
    /// <param name="inputs">[batch, in]: a matrix, sparse rows, or both side by side.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <param name="seed">Seed of the layers' random numbers, which also go by the number of the step.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty; nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no output of the network; nothing has changed.</exception>
    public float TrainStep(BatchView inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default, ulong seed = 0) =>
        Run(Load(inputs, labels, weights), seed);

    /// <summary>One step of training on samples with dense targets: all stages.</summary>
    /// <param name="inputs">[batch, in]: a matrix, sparse rows, or both side by side.</param>
    /// <param name="targets">[batch, out].</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <param name="seed">Seed of the layers' random numbers, which also go by the number of the step.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty; nothing has changed.</exception>
    public float TrainStep(BatchView inputs, ReadOnlyMatrixView targets, ReadOnlySpan<float> weights = default, ulong seed = 0) =>
        Run(Load(inputs, targets, weights), seed);

    /// <summary>Trains for some epochs. A second call goes on where the first ended.</summary>
    /// <param name="training">The samples.</param>
    /// <param name="options">Epochs, batch size and so on; null for the defaults.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step; <see cref="History"/> then holds the finished epochs.</param>
    /// <returns>What each epoch reached.</returns>
    /// <exception cref="ArgumentException">A data set is empty or does not fit the network, or an option is out of range; nothing has changed.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite, and <see cref="FitOptions.StopOnNonFiniteLoss"/> is set.</exception>
    public TrainingHistory Fit(
        Dataset training, FitOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        TrainingPlan plan = Begin(training, options ?? new());
        return Run(plan, progress, cancellationToken);
    }

    /// <summary>
    /// Goes on with a <see cref="Fit"/> that was interrupted, from a checkpoint that it wrote: the same network, loss, optimizer, samples and
    /// options give the same bits as if it had not been interrupted, at any number of threads. The checkpoint cannot tell whether the
    /// samples' contents are the same; the number of epochs may be another.
    /// </summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="training">The samples.</param>
    /// <param name="options">Epochs, batch size and so on.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step.</param>
    /// <returns>What each epoch reached, those before the interruption included.</returns>
    /// <exception cref="InvalidDataException">The file is malformed or belongs to another training: the message says what differs. Nothing has changed.</exception>
    /// <exception cref="ArgumentException">As for <see cref="Fit"/>.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite, and <see cref="FitOptions.StopOnNonFiniteLoss"/> is set.</exception>
    public TrainingHistory Resume(
        string path, Dataset training, FitOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        TrainingPlan plan = Begin(training, options);
        using (SafetensorsReader file = SafetensorsReader.Open(path))
        {
            try
            {
                CheckpointFile.Read(file, Fingerprint(plan), _state, plan.StepsPerEpoch);
            }
            catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
            {
                throw new InvalidDataException($"{path}: {exception.Message}", exception);
            }
        }

        return Run(plan, progress, cancellationToken);
    }

    /// <summary>
    /// Trains a little while the learning rate rises from one step to the next, in equal ratios, until the loss is four times the best, and
    /// then gives everything back as it was (Smith 2017). Losses are smoothed exponentially with factor 0.9.
    /// </summary>
    /// <param name="training">The samples.</param>
    /// <param name="lowest">The first rate; positive.</param>
    /// <param name="highest">The last rate; above <paramref name="lowest"/>.</param>
    /// <param name="steps">The largest number of steps; at least 2.</param>
    /// <param name="batchSize">Samples in a step.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <exception cref="ArgumentException">The data set is empty or does not fit the network.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public LearningRateSearch FindLearningRate(
        Dataset training, float lowest = 1e-5f, float highest = 10, int steps = 100, int batchSize = 64, ulong seed = 0)
    {
        _network.CheckDataset(training, nameof(training));
        if (!float.IsFinite(lowest) || lowest <= 0)
            throw new ArgumentOutOfRangeException(nameof(lowest), lowest, "the lowest rate must be finite and positive");
        if (!float.IsFinite(highest) || highest <= lowest)
            throw new ArgumentOutOfRangeException(nameof(highest), highest, "the highest rate must be finite and above the lowest");
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);

        using TrainingState.Snapshot snapshot = _state.TakeSnapshot();
        var order = new int[training.Count];
        var finder = new LearningRateFinder(lowest, highest, steps);
        TrainingLoop.Order(order, shuffles: true, seed, _state.FinishedEpochs);
        int position = 0;
        while (!finder.IsFinished)
        {
            int count = Math.Min(batchSize, order.Length - position);
            var batch = new TrainingBatch(new BatchSource(training, order.AsSpan(position, count))) { PartLength = count };
            position = position + count == order.Length ? 0 : position + count;
            finder.Follow(_steps.Run(batch, seed, finder.Rate, momentum: null, stopsAtNonFiniteLoss: false, figures: null).Totals.Loss);
        }

        return finder.Result();
    }

    private static TrainingBatch Batch(SampleBatch samples) => new(new BatchSource(samples)) { PartLength = samples.Rows };

    private float Run(TrainingBatch batch, ulong seed) =>
        (float)_steps.Run(batch, seed, _optimizer.LearningRate, momentum: null, stopsAtNonFiniteLoss: false, figures: null).Totals.Loss;

    /// <summary>Checks everything before anything changes.</summary>
    private TrainingPlan Begin(Dataset training, FitOptions options)
    {
        var plan = new TrainingPlan(_network, _loss, _optimizer, training, options);
        var figures = new EpochFigures(_network, plan.Task, plan.Metrics, _engine);
        figures.Reset(plan.Training.Count);
        _state.BeginFit(figures, options.EarlyStopping is { RestoresBest: true });
        return plan;
    }

    private TrainingHistory Run(TrainingPlan plan, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        Evaluator? evaluator = plan.Validation is null ? null : new Evaluator(_state.WatchedNetwork, _loss, plan.Metrics, _engine);
        CheckpointWriter? checkpoint = plan.Options.Checkpoint is { } where ? new CheckpointWriter(where, Fingerprint(plan)) : null;
        var loop = new TrainingLoop(_state, _steps, plan, _optimizer.LearningRate, evaluator, checkpoint, progress);
        History = loop.History;
        loop.Run(cancellationToken);
        return History;
    }

    private IReadOnlyDictionary<string, string> Fingerprint(TrainingPlan plan) =>
        TrainingFingerprint.Of(_network, _loss, _optimizer, plan);

    private void CheckInputs(BatchView inputs, ReadOnlySpan<float> weights)
    {
        if (inputs.Columns != _network.InputShape.ElementCount)
            throw new ArgumentException(
                $"{_network.Nodes[0].Name}: expected input [batch, {_network.InputShape.ElementCount}], got [{inputs.Rows}, {inputs.Columns}]",
                nameof(inputs));
        if (inputs.Rows == 0)
            throw new ArgumentException("the batch is empty", nameof(inputs));
        if (!weights.IsEmpty && weights.Length != inputs.Rows)
            throw new ArgumentException($"expected {inputs.Rows} weights, one for each sample, got {weights.Length}", nameof(weights));
        SampleWeights.ThrowIfInvalid(weights);
    }
}
