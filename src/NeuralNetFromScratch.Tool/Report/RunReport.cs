
namespace NeuralNetFromScratch.Tool.Report;

/// <summary>The contents of the report of a run.</summary>
internal sealed record RunReport
{
    public required string Title { get; init; }

    public required Sequential Network { get; init; }

    public required Dataset Test { get; init; }

    public required EvaluationResult Evaluation { get; init; }

    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>The settings of the training, as names and values.</summary>
    public required IReadOnlyList<(string Name, string Value)> Settings { get; init; }

    /// <summary>The finished epochs; empty without a training.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; init; } = [];

    /// <summary>"epoch", or "iteration" if an epoch is a single step.</summary>
    public string EpochName { get; init; } = "epoch";

    public IReadOnlyList<string> Classes => Network.ClassNames.Count > 0 ? Network.ClassNames : [.. Enumerable.Range(0, Evaluation.ConfusionMatrix.ClassCount).Select(label => $"{label}")];
}
