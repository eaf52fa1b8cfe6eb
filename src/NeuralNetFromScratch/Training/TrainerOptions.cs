namespace NeuralNetFromScratch;

/// <summary>How a trainer works.</summary>
public sealed record TrainerOptions
{
    /// <summary>The number of threads; as many as the machine has processors unless set.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>What happens to the gradients between computing them and the update, where several machines share a step; nothing if null, the default.</summary>
    public GradientExchange? Exchange { get; init; }
}
