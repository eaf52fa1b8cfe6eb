namespace NeuralNetFromScratch;

/// <summary>The epochs of a training, first to last.</summary>
public sealed class TrainingHistory
{
    private readonly List<EpochRecord> _epochs = [];

    /// <summary>One record for each finished epoch.</summary>
    public IReadOnlyList<EpochRecord> Epochs => _epochs;

    internal void Add(EpochRecord epoch) => _epochs.Add(epoch);
}
