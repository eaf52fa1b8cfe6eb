namespace NeuralNetFromScratch;

/// <summary>
/// When a training writes down where it stands, so that <see cref="Trainer.Resume"/> can go on from there to the same bits. A file is
/// written to a temporary one in the same folder, flushed to disk, and renamed: whenever the process ends, a whole file is there.
/// </summary>
public sealed record CheckpointOptions
{
    /// <summary>The file with the newest checkpoint.</summary>
    public required string Path { get; init; }

    /// <summary>Epochs between checkpoints; 0 for none at the ends of epochs.</summary>
    public int EveryEpochs { get; init; } = 1;

    /// <summary>Steps between checkpoints, counted over all epochs; 0 for none within epochs.</summary>
    public int EverySteps { get; init; }

    /// <summary>How many checkpoints are kept; positive. Older ones have the number of their step after the name: "run.checkpoint.000001875".</summary>
    public int Keep { get; init; } = 1;
}
