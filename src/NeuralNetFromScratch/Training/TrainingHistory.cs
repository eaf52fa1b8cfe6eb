namespace NeuralNetFromScratch;

/// <summary>The epochs of a training, first to last.</summary>
public sealed class TrainingHistory
{
    internal TrainingHistory(IReadOnlyList<EpochRecord> epochs) => Epochs = epochs;

    /// <summary>One record for each finished epoch.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; }
}
