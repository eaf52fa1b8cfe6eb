using System.Text.Json;

namespace NeuralNetFromScratch.Tool;

/// <summary>The figures of a run, as they are written with <c>--json</c>.</summary>
internal sealed record RunFigures
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>"mnist", "synthetic" or "custom".</summary>
    public required string Dataset { get; init; }

    public required int TrainSamples { get; init; }

    public required int TestSamples { get; init; }

    public required long Parameters { get; init; }

    public required int Threads { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Finished epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>Shuffling, gathering and every step, nothing else.</summary>
    public required IReadOnlyList<double> EpochSeconds { get; init; }

    public required double TrainSeconds { get; init; }

    /// <summary>0 to 1.</summary>
    public required double TestAccuracy { get; init; }

    public required double TestLoss { get; init; }

    /// <summary>Training accuracy every ten steps of the lab recipe; empty for others.</summary>
    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Format) + "\n");
}
