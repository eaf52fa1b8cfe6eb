using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Trains a network. It owns what training needs besides the network: threads, buffers, and the optimizer's memory. One trainer is
/// used by one thread at a time; different networks can be trained at once, each by its own. The result has the same bits whatever
/// the number of threads.
/// </summary>
public sealed class Trainer
{
    private const ulong ShuffleStream = 1, LayerStream = 2, AugmentationStream = 3;

    private readonly Sequential _network;
    private readonly Loss _loss;
    private readonly Engine _engine;
    private readonly TrainingStep _training;
    private readonly Evaluator _evaluator;
    private readonly ParameterUpdate _update;
    private int _epochs;

    /// <summary>A trainer.</summary>
    /// <param name="network">The network, whose parameters it changes.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="optimizer">How.</param>
    /// <param name="options">Threads; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is not positive.</exception>
    public Trainer(Sequential network, Loss loss, Optimizer optimizer, TrainerOptions? options = null)
        : this(network, loss, optimizer, new Engine((options ?? new()).Threads))
    {
    }

    /// <summary>For tests: a trainer on an engine of the caller's.</summary>
    internal Trainer(Sequential network, Loss loss, Optimizer optimizer, Engine engine)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        _network = network;
        _loss = loss;
        _engine = engine;
        _training = new TrainingStep(network, loss, engine);
        _update = new ParameterUpdate(network, optimizer, engine);
        _evaluator = new Evaluator(network, loss, metrics: null, engine);
    }

    /// <summary>What the last <see cref="Fit"/> reached, also when it was cancelled.</summary>
    public TrainingHistory History { get; private set; } = new([]);

    /// <summary>
    /// The network with the moving average of the parameters, where <see cref="Optimizer.AveragingDecay"/> asks for one, else null. It
    /// follows each step; running statistics are those of the trained network.
    /// </summary>
    public Sequential? AveragedNetwork => _update.AveragedNetwork;

    /// <summary>Number of threads that work together.</summary>
    public int Threads => _engine.Threads;

    /// <summary>One step of training on samples with class labels.</summary>
    /// <param name="inputs">[batch, in].</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty; nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no output of the network; nothing has changed.</exception>
    public float TrainStep(ReadOnlyMatrixView inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default)
    {
        CheckInputs(inputs, weights);
        if (labels.Length != inputs.Rows)
            throw new ArgumentException($"expected {inputs.Rows} labels, one for each sample, got {labels.Length}", nameof(labels));
        Labels.ThrowIfOutside(labels, _network.OutputShape.ElementCount);
        return TrainStep(new MatrixBatch(inputs, labels, default, hasLabels: true, weights));
    }

    /// <summary>One step of training on samples with dense targets.</summary>
    /// <param name="inputs">[batch, in].</param>
    /// <param name="targets">[batch, out].</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty; nothing has changed.</exception>
    public float TrainStep(ReadOnlyMatrixView inputs, ReadOnlyMatrixView targets, ReadOnlySpan<float> weights = default)
    {
        CheckInputs(inputs, weights);
        if (targets.Rows != inputs.Rows || targets.Columns != _network.OutputShape.ElementCount)
            throw new ArgumentException(
                $"{_network.Nodes[^1].Name}: expected targets [{inputs.Rows}, {_network.OutputShape.ElementCount}], got [{targets.Rows}, {targets.Columns}]",
                nameof(targets));
        return TrainStep(new MatrixBatch(inputs, default, targets, hasLabels: false, weights));
    }

    /// <summary>Trains for some epochs. A second call goes on where the first ended.</summary>
    /// <param name="training">The samples.</param>
    /// <param name="options">Epochs, batch size and so on.</param>
    /// <param name="progress">Is told how it goes, on this thread or as it sees fit.</param>
    /// <param name="cancellation">Ends the training at the next step; <see cref="History"/> then holds the finished epochs.</param>
    /// <returns>What each epoch reached.</returns>
    /// <exception cref="ArgumentException">A data set is empty or does not fit the network, or an option is out of range; nothing has changed.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite, and <see cref="FitOptions.StopOnNonFiniteLoss"/> is set.</exception>
    public TrainingHistory Fit(
        Dataset training, FitOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        (Dataset samples, Dataset? validation) = Check(training, options);
        return Run(new FitRun(this, _network, samples, validation, options, progress, new FitState()), cancellation);
    }

    /// <summary>
    /// Goes on with a <see cref="Fit"/> that was interrupted, from a checkpoint that it wrote: the same network, loss, optimizer, samples and
    /// options give the same bits as if it had not been interrupted, at any number of threads. The checkpoint cannot tell whether the
    /// samples' contents are the same; the number of epochs may be another.
    /// </summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="training">The samples.</param>
    /// <param name="options">Epochs, batch size and so on.</param>
    /// <param name="progress">Is told how it goes.</param>
    /// <param name="cancellation">Ends the training at the next step.</param>
    /// <returns>What each epoch reached, those before the interruption included.</returns>
    /// <exception cref="InvalidDataException">The file is malformed or belongs to another training: the message says what differs. Nothing has changed.</exception>
    /// <exception cref="ArgumentException">As for <see cref="Fit"/>.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite, and <see cref="FitOptions.StopOnNonFiniteLoss"/> is set.</exception>
    public TrainingHistory Resume(
        string path, Dataset training, FitOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        (Dataset samples, Dataset? validation) = Check(training, options);
        int values = _network.Parameters.Values.Length;
        CheckpointFile checkpoint = CheckpointFile.Read(
            path,
            Fingerprint(options, samples.Count, validation?.Count ?? 0),
            new CheckpointSizes(
                values,
                _update.Slots.Length,
                AveragedNetwork is null ? 0 : values,
                options.EarlyStopping is { RestoresBest: true } ? values : 0,
                FitRun.StepsPerEpoch(samples.Count, options)));

        checkpoint.Values.CopyTo(_network.Parameters.Values);
        checkpoint.Slots.CopyTo(_update.Slots);
        checkpoint.Average.CopyTo(AveragedNetwork is null ? [] : AveragedNetwork.Parameters.Values);
        _update.Steps = checkpoint.Steps;
        _epochs = checkpoint.Epochs;
        return Run(new FitRun(this, _network, samples, validation, options, progress, checkpoint.State), cancellation);
    }

    /// <summary>
    /// Trains a little while the learning rate rises from one step to the next, in equal ratios, until the loss is four times the best, and
    /// then gives everything back as it was (Smith 2017). Losses are smoothed exponentially with factor 0.9.
    /// </summary>
    /// <param name="training">The samples.</param>
    /// <param name="lowest">The first rate; positive.</param>
    /// <param name="highest">The last rate; above <paramref name="lowest"/>.</param>
    /// <param name="steps">How many steps at most; at least 2.</param>
    /// <param name="batchSize">Samples in a step.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <exception cref="ArgumentException">The data set is empty or does not fit the network.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public LearningRateSearch FindLearningRate(
        Dataset training, float lowest = 1e-5f, float highest = 10, int steps = 100, int batchSize = 64, ulong seed = 0)
    {
        CheckDataset(training, nameof(training));
        if (!float.IsFinite(lowest) || lowest <= 0)
            throw new ArgumentOutOfRangeException(nameof(lowest), lowest, "the lowest rate must be finite and positive");
        if (!float.IsFinite(highest) || highest <= lowest)
            throw new ArgumentOutOfRangeException(nameof(highest), highest, "the highest rate must be finite and above the lowest");
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);

        using var memory = new TrainerMemory(_network, _update);
        var order = new int[training.Count];
        var finder = new LearningRateFinder(lowest, highest, steps);
        var options = new FitOptions { Seed = seed };
        Order(order, options);
        int position = 0;
        while (!finder.IsFinished)
        {
            var range = new Section(position, Math.Min(batchSize, order.Length - position));
            position = range.End == order.Length ? 0 : range.End;
            StepResult result = ComputeGradients(new DatasetBatch(Source(training, options), order, range), range.Count, seed);
            _update.Run(finder.Rate, momentum: null);
            finder.Follow(result.Loss);
        }

        return finder.Result();
    }

    /// <summary>How well the network does on validation samples.</summary>
    internal EvaluationResult Validate(Dataset validation) => _evaluator.Run(validation);

    /// <summary>Brings the indices of an epoch into their order.</summary>
    internal void Order(int[] order, FitOptions options)
    {
        InOrder(order);
        if (options.Shuffle)
            new RandomSource(options.Seed).Fork(ShuffleStream).Fork((ulong)_epochs).Shuffle(order);
    }

    /// <summary>The training samples as the coming epoch reads them.</summary>
    internal SampleSource Source(Dataset training, FitOptions options) =>
        new(training, options.Augmentation, new RandomSource(options.Seed).Fork(AugmentationStream).Fork((ulong)_epochs));

    /// <summary>The first part of a step: the gradients of the mean loss lie in the parameters.</summary>
    internal StepResult ComputeGradients<TBatch>(TBatch batch, int partLength, ulong seed)
        where TBatch : IBatch, allows ref struct =>
        _training.Run(batch, partLength, new RandomSource(seed).Fork(LayerStream).Fork((ulong)_update.Steps));

    /// <summary>The second part of a step: the optimizer's update.</summary>
    internal void Update(LearningRateSchedule schedule, TrainingPosition position) =>
        _update.Run((float)(schedule.Factor(position) * _update.Optimizer.LearningRate), (float?)schedule.Momentum(position));

    internal void FinishEpoch() => _epochs++;

    internal void WriteCheckpoint(FitOptions options, int samples, int validationSamples, FitState state) =>
        new CheckpointFile
        {
            Steps = _update.Steps,
            Epochs = _epochs,
            State = state,
            Values = _network.Parameters.Values.ToArray(),
            Slots = _update.Slots.ToArray(),
            Average = AveragedNetwork is null ? [] : AveragedNetwork.Parameters.Values.ToArray(),
        }.Write(options.Checkpoint!, Fingerprint(options, samples, validationSamples));

    private IReadOnlyDictionary<string, string> Fingerprint(FitOptions options, int samples, int validationSamples) =>
        TrainingFingerprint.Of(_network, _loss, _update.Optimizer, samples, validationSamples, options);

    private TrainingHistory Run(FitRun run, CancellationToken cancellation)
    {
        History = run.History;
        run.Run(cancellation);
        return History;
    }

    private float TrainStep(MatrixBatch batch)
    {
        StepResult result = ComputeGradients(batch, batch.Count, seed: 0);
        _update.Run(_update.Optimizer.LearningRate, momentum: null);
        return (float)result.Loss;
    }

    /// <summary>Checks everything before anything changes, and divides the samples.</summary>
    private (Dataset Training, Dataset? Validation) Check(Dataset training, FitOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Epochs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.AccumulationSteps);
        ArgumentNullException.ThrowIfNull(options.Schedule);
        ArgumentNullException.ThrowIfNull(options.Callbacks);
        if (options.ValidationFraction is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.ValidationFraction, "the validation fraction must be at least 0 and less than 1");
        if (!_update.Optimizer.HasMomentum && options.Schedule.Momentum(new TrainingPosition(0, options.Epochs)) is not null)
            throw new ArgumentException($"the schedule sets the momentum, but {_update.Optimizer} has none", nameof(options));
        if (options.ValidationFraction > 0 && options.Validation is not null)
            throw new ArgumentException("there is a validation set and a validation fraction; only one can be", nameof(options));

        (Dataset samples, Dataset? validation) = options.ValidationFraction > 0
            ? training.Split(options.ValidationFraction, options.Seed)
            : (training, options.Validation);
        CheckDataset(samples, nameof(training));
        if (validation is not null)
            CheckDataset(validation, nameof(options));
        options.Augmentation?.Check(training.SampleShape);
        if (options.Checkpoint is { } checkpoint)
        {
            ArgumentException.ThrowIfNullOrEmpty(checkpoint.Path, nameof(options));
            ArgumentOutOfRangeException.ThrowIfNegative(checkpoint.EveryEpochs);
            ArgumentOutOfRangeException.ThrowIfNegative(checkpoint.EverySteps);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(checkpoint.Keep);
        }

        if (options.EarlyStopping is { } rule)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(rule.Patience);
            if (!(rule.MinimumImprovement >= 0))
                throw new ArgumentOutOfRangeException(nameof(options), rule.MinimumImprovement, "the minimum improvement must not be negative");
            if (validation is null && rule.Monitor != MonitoredFigure.TrainingLoss)
                throw new ArgumentException($"early stopping watches {rule.Monitor}, but there are no validation samples", nameof(options));
        }

        return (samples, validation);
    }

    private static int[] InOrder(int[] order)
    {
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        return order;
    }

    private void CheckInputs(ReadOnlyMatrixView inputs, ReadOnlySpan<float> weights)
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

    /// <summary>Checks the labels too, so that nothing has changed where one is wrong.</summary>
    private void CheckDataset(Dataset dataset, string name)
    {
        _network.CheckDataset(dataset, name);
        int outputs = _network.OutputShape.ElementCount;
        for (int i = 0; i < dataset.Count && dataset.TargetLength == 0; i++)
        {
            int label = dataset.GetLabel(i);
            if ((uint)label >= (uint)outputs)
                throw Labels.Outside(i, label, outputs, name);
        }
    }
}
