namespace NeuralNetFromScratch;

/// <summary>How a trainer works. Nothing here changes a result.</summary>
public sealed record TrainerOptions
{
    /// <summary>The number of threads; as many as the machine has processors unless set.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
