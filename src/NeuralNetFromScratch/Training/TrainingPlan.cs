using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>The checked inputs of a training: samples, validation, steps and metrics.</summary>
internal sealed class TrainingPlan
{
    /// <exception cref="ArgumentException">A data set is empty or does not match the network, or an option is out of range.</exception>
    public TrainingPlan(Sequential network, Loss loss, Optimizer optimizer, Dataset training, FitOptions options, GradientExchange? exchange)
    {
        options.Validate();
        if (!optimizer.HasMomentum && options.Schedule.Momentum(new TrainingPosition(0, options.Epochs)) is not null)
            throw new ArgumentException($"the schedule sets the momentum, but {optimizer} has none", nameof(options));
        (Training, Validation) = options.ValidationFraction > 0 ? HoldOut(training, options) : (training, options.Validation);
        Source = training;
        loss.CheckAnswers(Training.TargetLength == 0, nameof(training));
        network.CheckDataset(Training, nameof(training));
        Training.ThrowIfLabelsOutside(network.OutputShape.ElementCount, nameof(training), loss.IgnoredLabel);
        if (Validation is not null)
        {
            network.CheckDataset(Validation, nameof(options));
            Validation.ThrowIfLabelsOutside(network.OutputShape.ElementCount, nameof(options), loss.IgnoredLabel);
        }

        if (options.Augmentation is not null && Training.SparseColumnCount > 0)
            throw new ArgumentException(
                $"an augmentation changes dense samples, but {Training.SparseColumnCount} columns of the data set are sparse", nameof(options));
        options.Augmentation?.Check(Training.SampleShape);
        Options = options;

        _stepLength = (long)options.BatchSize * options.AccumulationSteps;
        if (options.MixupAlpha > 0)
            CheckMixup(loss, network.OutputShape.ElementCount);
        bool mixesSamples = network.Chain.MixesSamples || options.MixupAlpha > 0;
        StepsPerEpoch = (int)((Training.Count + _stepLength - 1) / _stepLength);
        // If samples are mixed, a single remaining sample joins the step before it.
        if (mixesSamples && StepsPerEpoch > 1 && Training.Count % _stepLength == 1)
            StepsPerEpoch--;
        if (options.DropLast)
            StepsPerEpoch = (int)(Training.Count / _stepLength);
        if (StepsPerEpoch == 0)
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"there are {Training.Count} training samples, fewer than a step of {_stepLength}, which {nameof(FitOptions.DropLast)} omits"),
                nameof(options));
        SamplesPerEpoch = options.DropLast ? (int)(StepsPerEpoch * _stepLength) : Training.Count;
        Order = new EpochOrder(options, Training.Count, new EpochShards
        {
            Count = exchange?.ShardCount ?? 1,
            FirstOwn = exchange?.FirstShard ?? 0,
            OwnCount = exchange?.OwnShards ?? 1,
            MixesSamples = mixesSamples,
            Steps = StepsPerEpoch,
            StepLength = (int)Math.Min(_stepLength, SamplesPerEpoch),
            Samples = SamplesPerEpoch,
        });

        bool hasLabels = Training.TargetLength == 0;
        Task = new MetricTask(loss.OutputActivation, network.OutputShape.ElementCount, hasLabels);
        List<Metric> metrics = [.. options.Metrics ?? loss.DefaultMetrics(hasLabels)];
        if (options.EarlyStopping?.Metric is { } watched && !metrics.Contains(watched))
            metrics.Add(watched);
        foreach (Metric metric in metrics)
            (metric ?? throw new ArgumentException("a metric is null", nameof(options))).Check(Task);
        Metrics = metrics;
        if (options.Schedule.WatchedMetrics.FirstOrDefault(name => metrics.TrueForAll(metric => metric.Name != name)) is { } missing)
            throw new ArgumentException(
                $"the schedule watches the metric \"{missing}\", but the training has: {(metrics.Count == 0 ? "none" : string.Join(", ", metrics.Select(metric => metric.Name)))}",
                nameof(options));
        if (options.EarlyStopping is { WatchesTraining: false } && Validation is null)
            throw new ArgumentException("early stopping watches the validation, but there are no validation samples; set Validation or ValidationFraction, or WatchesTraining", nameof(options));
    }

    private readonly long _stepLength;

    /// <summary>
    /// The entries that must match when the training is resumed from a checkpoint; null until needed, because computing them reads the data.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Fingerprint { get; set; }

    /// <summary>The samples before the validation samples were held out.</summary>
    public Dataset Source { get; }

    public Dataset Training { get; }

    public Dataset? Validation { get; }

    public FitOptions Options { get; }

    /// <summary>The number of updates in an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>The number of samples in an epoch.</summary>
    public int SamplesPerEpoch { get; }

    /// <summary>The selection and order of an epoch's samples.</summary>
    public EpochOrder Order { get; }

    public MetricTask Task { get; }

    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>Returns the samples of a step as a range of the epoch's order.</summary>
    public (int Start, int Count) Step(int number)
    {
        int start = (int)(number * _stepLength);
        return (start, number == StepsPerEpoch - 1 ? SamplesPerEpoch - start : (int)_stepLength);
    }

    /// <exception cref="ArgumentException">The samples cannot be mixed.</exception>
    private void CheckMixup(Loss loss, int outputs)
    {
        const string Remedy = $"or set {nameof(FitOptions.MixupAlpha)} to 0";
        string? reason = Training.SparseColumnCount > 0 ? FormattableString.Invariant($"{Training.SparseColumnCount} columns of the data set are sparse; make them dense, {Remedy}")
            : Training.HasWeights ? $"the samples have weights, and a mixed sample has none; draw samples by {nameof(FitOptions.SamplingWeights)} instead, {Remedy}"
            : loss.IgnoredLabel is { } ignored ? FormattableString.Invariant($"the loss ignores the label {ignored}, which has no share in a target; leave out its samples, {Remedy}")
            : Math.Min(_stepLength, Training.Count) < 2 ? $"a step has one sample; set a larger {nameof(FitOptions.BatchSize)}, {Remedy}"
            : Training.TargetLength == 0 && !TakesTargets(loss, outputs)
                ? $"{loss} takes class labels, not the dense targets that labels become; use another loss, for example {nameof(SoftmaxCrossEntropy)}, {Remedy}"
            : null;
        if (reason is not null)
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{nameof(FitOptions.MixupAlpha)} is {Options.MixupAlpha}, but {reason}"), nameof(FitOptions.MixupAlpha));
    }

    /// <summary>Whether a loss is defined for dense targets.</summary>
    private static bool TakesTargets(Loss loss, int outputs)
    {
        try
        {
            var values = new float[outputs];
            loss.Evaluate(new ReadOnlyMatrixView(values, 1, outputs), new ReadOnlyMatrixView(values, 1, outputs), 1, default);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    private static (Dataset Remaining, Dataset HeldOut) HoldOut(Dataset training, FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(training);
        (Dataset remaining, Dataset heldOut) = training.Split(options.ValidationFraction, options.Seed);
        if (training.Count > 0 && (remaining.Count == 0 || heldOut.Count == 0))
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"a {nameof(FitOptions.ValidationFraction)} of {options.ValidationFraction} leaves {heldOut.Count} of {training.Count} samples for validation and {remaining.Count} for training; use another fraction, or set {nameof(FitOptions.Validation)}"),
                nameof(options));
        }

        return (remaining, heldOut);
    }
}

/// <summary>Options of a <see cref="Trainer"/>.</summary>
public sealed record TrainerOptions
{
    /// <summary>
    /// The maximum number of threads. Default: the number of cores that the process may use. The value must be positive and is limited to
    /// <see cref="Environment.ProcessorCount"/>.
    /// </summary>
    public int ThreadCount { get; init; } = ProcessorCores.Count;

    /// <summary>
    /// Whether a processor without fused multiply-add emulates it, for the same bits at many times the cost (see <see cref="Engine.HasFusedMultiplyAdd"/>).
    /// Default: false, where results on such a processor agree up to rounding.
    /// </summary>
    public bool EmulateFusedMultiplyAdd { get; init; }

    /// <summary>The exchange of gradients with the other processes of a cluster, which share each step; null, the default, for none.</summary>
    public GradientExchange? Exchange { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal void Validate() => Guard.Positive(ThreadCount, nameof(ThreadCount));
}
