namespace NeuralNetFromScratch.Tool;

/// <summary>What the command line asks for.</summary>
internal sealed record TrainingOptions
{
    /// <summary>Folder with MNIST's files, or null to find or fetch them.</summary>
    public string? Data { get; init; }

    public required Recipe Recipe { get; init; }

    public ulong Seed { get; init; }

    /// <summary>The number of threads; null for the library's default.</summary>
    public int? Threads { get; init; }

    /// <summary>Training samples held out and shown for each epoch.</summary>
    public int Validation { get; init; }

    /// <summary>Where to save the network, or null.</summary>
    public string? Model { get; init; }

    /// <summary>Where to save the state of the training after each epoch, or null.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Whether to continue from the checkpoint.</summary>
    public bool Resumes { get; init; }

    /// <summary>The folder for the report and its pictures, or null.</summary>
    public string? Output { get; init; }

    /// <summary>Where to write the figures, or null.</summary>
    public string? Json { get; init; }
}
