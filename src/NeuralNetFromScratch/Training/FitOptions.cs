
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

    /// <summary>When the training writes down where it stands; never if null.</summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>How each training sample is changed, anew in each epoch; not at all if null.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>How the learning rate changes over the epochs.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Callbacks, invoked in list order on the training thread.</summary>
    public IReadOnlyList<TrainingCallback> Callbacks { get; init; } = [];

    /// <summary>Whether each epoch takes the samples in a new random order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Seed of the orders, of the augmentation, and of layers that draw random numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Whether a loss that is NaN or infinite ends the training with a <see cref="NotFiniteNumberException"/>. The parameters and running
    /// statistics are then those before the step. Default: true.
    /// </summary>
    public bool StopOnNonFiniteLoss { get; init; } = true;
}
