namespace NeuralNetFromScratch.Tool;

/// <summary>The options of the verb <c>train</c>.</summary>
internal sealed record TrainingOptions
{
    /// <summary>The folder with MNIST's files; null to find or download them.</summary>
    public string? Data { get; init; }

    public required Recipe Recipe { get; init; }

    public ulong Seed { get; init; }

    /// <summary>The number of threads; null for the library's default.</summary>
    public int? Threads { get; init; }

    /// <summary>The number of training samples to hold out for validation.</summary>
    public int Validation { get; init; }

    /// <summary>The file to save the network to, or null.</summary>
    public string? Model { get; init; }

    /// <summary>The checkpoint file, or null.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Whether to continue from the checkpoint.</summary>
    public bool Resumes { get; init; }

    /// <summary>The folder of the report, or null.</summary>
    public string? Output { get; init; }

    /// <summary>The JSON file of the figures, or null.</summary>
    public string? Json { get; init; }
}
