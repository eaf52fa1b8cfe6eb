namespace NeuralNetFromScratch;

/// <summary>Options of <see cref="Trainer.Fit"/>.</summary>
public sealed record FitOptions
{
    /// <summary>The number of passes through all samples. Default: 10; positive.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>
    /// The number of samples in a step. The last step of an epoch has the remaining samples. A batch as large as the data set (full-batch
    /// gradient descent) needs no more memory than a small one. Default: 64; positive.
    /// </summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// Whether an epoch omits the samples at its end that do not fill a step. With <see cref="Shuffle"/> other samples are omitted in each epoch.
    /// If false, the remaining samples form a smaller step; a single remaining sample joins the previous step if a layer mixes samples, as batch
    /// normalization does. Default: false.
    /// </summary>
    public bool DropLast { get; init; }

    /// <summary>
    /// The number of batches whose gradients are accumulated for one update. The result is the same as with a batch that is larger by this
    /// factor, except for layers that mix samples: they see <see cref="BatchSize"/> samples at a time. Default: 1; positive.
    /// </summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>The samples that are evaluated after each epoch; null, the default, for none.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>
    /// The fraction of the training samples that is held out for validation, stratified by class. The selection depends only on
    /// <see cref="Seed"/>. Set this or <see cref="Validation"/>, not both. Default: 0; must be at least 0 and less than 1.
    /// </summary>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// The metrics that are computed for training and validation samples in addition to the loss. If null, the default, the loss determines them:
    /// accuracy for classification, none for regression.
    /// </summary>
    public IReadOnlyList<Metric>? Metrics { get; init; }

    /// <summary>The rule for stopping before the last epoch; null, the default, for none.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>
    /// The location and the frequency of checkpoints, for <see cref="Trainer.Resume"/> and <see cref="Trainer.ResumeOrFit"/>; null, the default,
    /// for none.
    /// </summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>The random change of each training sample in each epoch; null, the default, for none.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>
    /// The parameter α of mixup (Zhang, Cissé, Dauphin and Lopez-Paz 2018: "mixup: Beyond empirical risk minimization"): each sample x with target y becomes
    /// <c>λ·x + (1 − λ)·x'</c> with target <c>λ·y + (1 − λ)·y'</c>, where x' is a random other sample of the step and λ is drawn from Beta(α, α) for each sample.
    /// A larger α mixes more: the paper uses 0.2 for ResNet-50 on ImageNet and 1 for CIFAR-10. Default: 0, which mixes nothing; finite and not negative.
    /// </summary>
    /// <remarks>
    /// Samples are mixed after <see cref="Augmentation"/>. Class labels become one-hot targets, so that the loss must be defined for dense targets. The metrics of
    /// training samples compare with the class that has the larger share; those of validation samples are not affected. Sparse columns, sample weights and labels
    /// that the loss ignores cannot be mixed and are refused, and a step must have at least two samples.
    /// </remarks>
    public double MixupAlpha { get; init; }

    /// <summary>The learning-rate schedule. Default: <see cref="LearningRateSchedule.Constant"/>.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>The callbacks, which are invoked in list order on the training thread. Default: empty.</summary>
    public IReadOnlyList<TrainingCallback> Callbacks { get; init; } = [];

    /// <summary>Whether each epoch visits the samples in a new random order. Default: true.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>
    /// The number of consecutive samples that <see cref="Shuffle"/> keeps close together. Blocks of this length are put in a random order, and then the samples of 16
    /// successive blocks are shuffled together. A data set of files (<see cref="FileDataset"/>) then reads whole blocks ahead, which is many times faster than reading
    /// single samples at random positions. With a <see cref="GradientExchange"/> each shard has blocks of its own, of which <c>max(2, 16/shards)</c> are shuffled
    /// together, and a process reads only those of its shards. A block of about one megabyte is a good choice. The samples should not be sorted by class. Default: 1,
    /// which shuffles all samples together. The value must be positive, and must be 1 with <see cref="SampleWithReplacement"/> or <see cref="SamplingWeights"/>.
    /// </summary>
    public int ShuffleBlock { get; init; } = 1;

    /// <summary>
    /// Whether each sample of an epoch is drawn from all samples with replacement. Some samples then occur several times in an epoch and others
    /// not at all. Default: false.
    /// </summary>
    public bool SampleWithReplacement { get; init; }

    /// <summary>
    /// The relative probability of each training sample to be drawn. An epoch then draws as many samples as the data set has, with replacement,
    /// as PyTorch's <c>WeightedRandomSampler</c> does. The list has one finite, non-negative value for each sample, and not all are 0. With
    /// <see cref="ValidationFraction"/> it has the weights of the remaining training samples. Null, the default, draws all samples equally often.
    /// </summary>
    public IReadOnlyList<float>? SamplingWeights { get; init; }

    /// <summary>The seed of the sample order, of augmentation and mixup, and of layers that draw random numbers. Default: 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Whether a loss that is NaN or infinite ends the training with a <see cref="NotFiniteNumberException"/>. Its message names the epoch, the
    /// step, and the first sample whose features or target are not finite. The parameters and running statistics are those before the step.
    /// Default: true.
    /// </summary>
    public bool StopOnNonFiniteLoss { get; init; } = true;

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Validate()
    {
        Guard.Positive(Epochs, nameof(Epochs));
        Guard.Positive(BatchSize, nameof(BatchSize));
        Guard.Positive(AccumulationSteps, nameof(AccumulationSteps));
        Guard.Positive(ShuffleBlock, nameof(ShuffleBlock));
        if (ShuffleBlock > 1 && (SampleWithReplacement || SamplingWeights is not null))
            throw new ArgumentException($"{nameof(ShuffleBlock)} is {ShuffleBlock}, but samples are drawn with replacement; set one of them", nameof(ShuffleBlock));
        Guard.Fraction(ValidationFraction, nameof(ValidationFraction));
        Guard.NonNegative(MixupAlpha, nameof(MixupAlpha));
        ArgumentNullException.ThrowIfNull(Schedule, nameof(Schedule));
        ArgumentNullException.ThrowIfNull(Callbacks, nameof(Callbacks));
        if (Callbacks.Contains(null!))
            throw new ArgumentException("a callback is null", nameof(Callbacks));
        if (ValidationFraction > 0 && Validation is not null)
            throw new ArgumentException($"both {nameof(Validation)} and {nameof(ValidationFraction)} are set; set one of them", nameof(ValidationFraction));
        Checkpoint?.Validate();
        EarlyStopping?.Validate();
    }
}

/// <summary>The base class of callbacks, which observe a training and can stop it.</summary>
public abstract class TrainingCallback
{
    /// <summary>Called before the first epoch.</summary>
    /// <param name="run">The training.</param>
    public virtual void OnTrainingBegin(TrainingRun run)
    {
    }

    /// <summary>Called after each step.</summary>
    /// <param name="run">The training.</param>
    /// <param name="progress">The progress within the epoch.</param>
    public virtual void OnStepEnd(TrainingRun run, in TrainingProgress progress)
    {
    }

    /// <summary>Called after each epoch and its validation.</summary>
    /// <param name="run">The training.</param>
    /// <param name="epoch">The loss and metrics of the epoch.</param>
    public virtual void OnEpochEnd(TrainingRun run, EpochRecord epoch)
    {
    }

    /// <summary>Called after the last epoch; not called if the training ends with an exception.</summary>
    /// <param name="run">The training.</param>
    public virtual void OnTrainingEnd(TrainingRun run)
    {
    }
}

/// <summary>
/// Stops a training when a metric has not improved for a number of epochs (Prechelt 1998), and restores the parameters of the best epoch. If the
/// optimizer averages the parameters, the metric is that of the averaged network.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>
    /// The number of consecutive epochs without improvement that are tolerated; the next one ends the training. Default: 5; not negative.
    /// </summary>
    public int Patience { get; init; } = 5;

    /// <summary>The smallest change that counts as an improvement. Default: 0; not negative.</summary>
    public double MinImprovement { get; init; }

    /// <summary>
    /// Whether any lower loss, or better metric, becomes the new best value, as in scikit-learn. Improvements smaller than
    /// <see cref="MinImprovement"/> then never count, even if they add up. If false, only an improvement of at least <see cref="MinImprovement"/>
    /// changes the best value, as in Keras. Default: false.
    /// </summary>
    public bool FollowsEveryImprovement { get; init; }

    /// <summary>The metric to watch; null, the default, for the loss.</summary>
    public Metric? Metric { get; init; }

    /// <summary>
    /// Whether the value on the training samples is watched instead of the value on the validation samples. Each training sample is measured
    /// before its own update. Default: false.
    /// </summary>
    public bool WatchesTraining { get; init; }

    /// <summary>
    /// Whether the network has the parameters of the best epoch when the training ends, even if all epochs were run. Default: true.
    /// </summary>
    public bool RestoresBest { get; init; } = true;

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal void Validate()
    {
        Guard.NonNegative(Patience, nameof(Patience));
        Guard.NonNegative(MinImprovement, nameof(MinImprovement));
    }

    /// <summary>Updates the state with the results of an epoch.</summary>
    /// <returns>Whether the training should stop.</returns>
    internal bool Follow(TrainingState state, EpochRecord record)
    {
        EvaluationResult result = WatchesTraining ? record.Training : record.Validation!;
        double figure = Metric is null ? result.Loss : Metric.HigherIsBetter ? -result[Metric].Value : result[Metric].Value;
        // Lower is better; NaN is never better. scikit-learn counts an improvement that equals the minimum.
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

/// <summary>The progress of a training. It is reported about 100 times in an epoch and once at the end of each epoch.</summary>
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

    /// <summary>The number of the current epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The maximum number of epochs of the training.</summary>
    public int EpochCount { get; }

    /// <summary>The number of steps done in this epoch.</summary>
    public int Step { get; }

    /// <summary>The number of steps in an epoch.</summary>
    public int StepCount { get; }

    /// <summary>The mean loss of the epoch's samples so far.</summary>
    public double Loss { get; }

    /// <summary>
    /// The loss and metrics of the epoch's samples so far; null in <see cref="TrainingCallback.OnStepEnd"/>, where
    /// <see cref="TrainingRun.ComputeMetrics"/> returns them.
    /// </summary>
    public EvaluationResult? Training { get; }

    /// <summary>The record of the epoch if it is finished; otherwise null.</summary>
    public EpochRecord? FinishedEpoch { get; init; }

    /// <summary>The number of threads that work on the training. It is chosen for the shortest steps and is at most <see cref="Trainer.ThreadCount"/>.</summary>
    public int ThreadCount { get; init; }
}
