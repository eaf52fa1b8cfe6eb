namespace NeuralNetFromScratch.Tool;

/// <summary>What the command line asks for.</summary>
internal sealed record SampleOptions
{
    /// <summary>Folder with MNIST's files, or null to find or fetch them.</summary>
    public string? Data { get; init; }

    public required Recipe Recipe { get; init; }

    public ulong Seed { get; init; }

    public int Threads { get; init; }

    /// <summary>Training samples held out and shown for each epoch.</summary>
    public int Validation { get; init; }

    /// <summary>Where to save the network, or null.</summary>
    public string? Model { get; init; }

    /// <summary>Where to write down after each epoch how the training stands, or null.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Whether to go on from the checkpoint.</summary>
    public bool Resumes { get; init; }

    /// <summary>The folder for the report and its pictures.</summary>
    public required string Output { get; init; }

    /// <summary>Where to write the figures, or null.</summary>
    public string? Json { get; init; }
}
