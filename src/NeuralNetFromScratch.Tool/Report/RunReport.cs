
namespace NeuralNetFromScratch.Tool.Report;

/// <summary>What a run did, for its report.</summary>
internal sealed record RunReport
{
    public required string Title { get; init; }

    public required Sequential Network { get; init; }

    public required Dataset Test { get; init; }

    public required EvaluationResult Evaluation { get; init; }

    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>How the network was trained and on what: names and values.</summary>
    public required IReadOnlyList<(string Name, string Value)> Settings { get; init; }

    /// <summary>The finished epochs; none if nothing was trained.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; init; } = [];

    /// <summary>"epoch", or "iteration" where an epoch is a single step.</summary>
    public string EpochName { get; init; } = "epoch";

    public IReadOnlyList<string> Classes => Network.ClassNames.Count > 0 ? Network.ClassNames : [.. Enumerable.Range(0, Evaluation.ConfusionMatrix.ClassCount).Select(label => $"{label}")];
}
