using NeuralNetFromScratch.Data;

namespace NeuralNetFromScratch;

/// <summary>How <see cref="Trainer.Fit"/> goes through the data.</summary>
public sealed record FitOptions
{
    /// <summary>How often it goes through all samples; positive.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>
    /// Samples in a step; positive. The last step of an epoch takes what is left. A batch as large as the data set is gradient
    /// descent on all of it; it needs no more memory than a small one.
    /// </summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Samples to evaluate after each epoch, or none.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>How the learning rate changes over the epochs.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Whether each epoch takes the samples in a new random order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Seed of the orders, and of layers that use chance.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether a loss that is NaN or infinite ends the training, before it spoils the parameters.</summary>
    public bool StopOnNonFiniteLoss { get; init; }
}
