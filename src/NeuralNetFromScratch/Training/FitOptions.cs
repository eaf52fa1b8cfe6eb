namespace NeuralNetFromScratch;

/// <summary>How <see cref="Trainer.Fit"/> goes through the data.</summary>
public sealed record FitOptions
{
    /// <summary>Number of passes through all samples. Default: 10; positive.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>
    /// Samples in a step; positive. The last step of an epoch takes what is left. A batch as large as the data set is gradient
    /// descent on all of it; it needs no more memory than a small one.
    /// </summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// Whether the samples that are left at the end of an epoch, fewer than a step takes, are left out; others are in each epoch where it shuffles. If
    /// false, they are a step of their own, but a single one joins the step before it where a layer looks across the batch. Default: false.
    /// </summary>
    public bool DropLast { get; init; }

    /// <summary>
    /// How many batches' gradients make one update; positive. It is the same as a batch so many times as large, except for layers that
    /// look across the batch: they see <see cref="BatchSize"/> samples at a time.
    /// </summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>Samples to evaluate after each epoch, or none.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>
    /// Share of the training samples that is held out for validation instead, as many of each class as its share asks for; 0 to less
    /// than 1. The choice depends on <see cref="Seed"/> alone.
    /// </summary>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// The metrics that are computed of training and validation samples; those that the loss shows if null, the default: the accuracy of a
    /// classification, none of a regression. The loss is always computed.
    /// </summary>
    public IReadOnlyList<Metric>? Metrics { get; init; }

    /// <summary>When to stop before the last epoch; never if null.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>When the training writes down where it stands, for <see cref="Trainer.Resume"/> and <see cref="Trainer.ResumeOrFit"/>; never if null.</summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>How each training sample is changed, anew in each epoch; not at all if null.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>How the learning rate changes over the epochs.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Callbacks, invoked in list order on the training thread.</summary>
    public IReadOnlyList<TrainingCallback> Callbacks { get; init; } = [];

    /// <summary>Whether each epoch takes the samples in a new random order. Default: true.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether each sample of an epoch is drawn from all, so that some come several times and others not at all. Default: false.</summary>
    public bool SampleWithReplacement { get; init; }

    /// <summary>
    /// How probable each training sample is to be drawn, in proportion: an epoch then draws as many samples as there are, with replacement, as PyTorch's
    /// <c>WeightedRandomSampler</c>. One for each sample, finite and not negative, not all 0; null, the default, takes each as often. With a
    /// <see cref="ValidationFraction"/> they are those of the samples that remain.
    /// </summary>
    public IReadOnlyList<float>? SamplingWeights { get; init; }

    /// <summary>Seed of the orders, of the augmentation, and of layers that draw random numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Whether a loss that is NaN or infinite ends the training with a <see cref="NotFiniteNumberException"/>, which names the epoch, the step, and
    /// the first sample whose features or target are not finite. The parameters and running statistics are then those before the step. Default: true.
    /// </summary>
    public bool StopOnNonFiniteLoss { get; init; } = true;

    /// <exception cref="ArgumentException">An option lies outside its range.</exception>
    internal void Validate()
    {
        Guard.Positive(Epochs, nameof(Epochs));
        Guard.Positive(BatchSize, nameof(BatchSize));
        Guard.Positive(AccumulationSteps, nameof(AccumulationSteps));
        Guard.Fraction(ValidationFraction, nameof(ValidationFraction));
        ArgumentNullException.ThrowIfNull(Schedule, nameof(Schedule));
        ArgumentNullException.ThrowIfNull(Callbacks, nameof(Callbacks));
        if (Callbacks.Contains(null!))
            throw new ArgumentException("a callback is null", nameof(Callbacks));
        if (ValidationFraction > 0 && Validation is not null)
            throw new ArgumentException($"there are a {nameof(Validation)} set and a {nameof(ValidationFraction)}; only one can be", nameof(ValidationFraction));
        Checkpoint?.Validate();
        EarlyStopping?.Validate();
    }
}

/// <summary>Is told how a training goes and can end it. Derive from this class for what should happen on the way.</summary>
public abstract class TrainingCallback
{
    /// <summary>Before the first epoch.</summary>
    /// <param name="run">The training.</param>
    public virtual void OnTrainingBegin(TrainingRun run)
    {
    }

    /// <summary>After each step.</summary>
    /// <param name="run">The training.</param>
    /// <param name="progress">Where it stands.</param>
    public virtual void OnStepEnd(TrainingRun run, in TrainingProgress progress)
    {
    }

    /// <summary>After each epoch and its validation.</summary>
    /// <param name="run">The training.</param>
    /// <param name="epoch">What the epoch reached.</param>
    public virtual void OnEpochEnd(TrainingRun run, EpochRecord epoch)
    {
    }

    /// <summary>After the last epoch; not after an exception.</summary>
    /// <param name="run">The training.</param>
    public virtual void OnTrainingEnd(TrainingRun run)
    {
    }
}

/// <summary>
/// Ends a training when a figure has not become better for some epochs (Prechelt 1998), and gives back the parameters of the best one. Where
/// the optimizer averages the parameters, the figure is that of the averaged network.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>Consecutive epochs without improvement that are tolerated; the next one ends the training. Default: 5; not negative.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>How much better an epoch has to be to count. Default: 0; finite and not negative.</summary>
    public double MinImprovement { get; init; }

    /// <summary>
    /// Whether any better figure becomes the best to beat, as in scikit-learn, so that epochs which are better by less than <see cref="MinImprovement"/>
    /// count as none however much they add up to; otherwise only a figure that is better by so much does, as in Keras. Default: false.
    /// </summary>
    public bool FollowsEveryImprovement { get; init; }

    /// <summary>The metric to watch; the loss if null, the default.</summary>
    public Metric? Metric { get; init; }

    /// <summary>Whether the figure of the training samples is watched, each as it stood at its step, and not that of the validation samples. Default: false.</summary>
    public bool WatchesTraining { get; init; }

    /// <summary>Whether the network has the parameters of the best epoch in the end, also when all epochs were run. Default: true.</summary>
    public bool RestoresBest { get; init; } = true;

    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its range.</exception>
    internal void Validate()
    {
        Guard.NonNegative(Patience, nameof(Patience));
        Guard.NonNegative(MinImprovement, nameof(MinImprovement));
    }

    /// <summary>Takes note of an epoch.</summary>
    /// <returns>Whether it is time to stop.</returns>
    internal bool Follow(TrainingState state, EpochRecord record)
    {
        EvaluationResult result = WatchesTraining ? record.Training : record.Validation!;
        double figure = Metric is null ? result.Loss : Metric.HigherIsBetter ? -result[Metric].Value : result[Metric].Value;
        // The lower is the better. What is no number is never better.
        // scikit-learn lets a figure that is better by exactly the least improvement count.
        bool counts = FollowsEveryImprovement ? figure <= state.Best - MinImprovement : figure < state.Best - MinImprovement;
        state.EpochsSinceBest = counts ? 0 : state.EpochsSinceBest + 1;
        if (counts || (FollowsEveryImprovement && figure < state.Best))
        {
            state.Best = figure;
            if (RestoresBest)
                state.KeepBest();
        }

        return state.EpochsSinceBest > Patience;
    }
}

/// <summary>Where a training stands. It is reported about 100 times an epoch, and at the end of each.</summary>
public readonly record struct TrainingProgress
{
    internal TrainingProgress(int epoch, int epochCount, int step, int stepCount, double loss, EvaluationResult? training)
    {
        Epoch = epoch;
        EpochCount = epochCount;
        Step = step;
        StepCount = stepCount;
        Loss = loss;
        Training = training;
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>Number of epochs that the training will take at most.</summary>
    public int EpochCount { get; }

    /// <summary>Steps done in this epoch.</summary>
    public int Step { get; }

    /// <summary>Steps of an epoch.</summary>
    public int StepCount { get; }

    /// <summary>The mean loss of the epoch's samples so far.</summary>
    public double Loss { get; }

    /// <summary>
    /// Loss and metrics of the epoch's samples so far; null in <see cref="TrainingCallback.OnStepEnd"/>, where
    /// <see cref="TrainingRun.ComputeMetrics"/> gives them.
    /// </summary>
    public EvaluationResult? Training { get; }

    /// <summary>The epoch's record when it is finished, else null.</summary>
    public EpochRecord? FinishedEpoch { get; init; }

    /// <summary>Number of threads that work on the training: as many as its steps are fastest with, at most <see cref="Trainer.ThreadCount"/>.</summary>
    public int ThreadCount { get; init; }
}
