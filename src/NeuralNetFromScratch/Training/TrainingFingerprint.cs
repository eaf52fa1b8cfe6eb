using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>What must be the same when a training goes on from a checkpoint, in words.</summary>
internal static class TrainingFingerprint
{
    public static IReadOnlyDictionary<string, string> Of(Sequential network, Loss loss, Optimizer optimizer, TrainingPlan plan)
    {
        FitOptions options = plan.Options;
        return new Dictionary<string, string>
        {
            ["network"] = Network(network),
            ["loss"] = loss.ToString(),
            ["optimizer"] = optimizer.ToString(),
            ["samples"] = Text(plan.Training.Count),
            ["validation samples"] = Text(plan.Validation?.Count ?? 0),
            ["batch size"] = Text(options.BatchSize),
            ["accumulation steps"] = Text(options.AccumulationSteps),
            ["seed"] = Text(options.Seed),
            ["shuffle"] = Text(options.Shuffle),
            ["augmentation"] = options.Augmentation?.ToString() ?? "none",
            ["schedule"] = options.Schedule.ToString(),
            ["metrics"] = string.Join(", ", plan.Metrics.Select(metric => metric.ToString())),
            ["early stopping"] = options.EarlyStopping is { } rule
                ? Text($"{(rule.WatchesTraining ? "training" : "validation")} {rule.Metric?.ToString() ?? "loss"}, patience {rule.Patience}, improvement {rule.MinimumImprovement:R}, restores best {rule.RestoresBest}")
                : "none",
        };
    }

    private static string Network(Sequential network) =>
        string.Join("; ", network.Nodes.ToArray().Select(node => $"{node.Name}: {node.Layer} {node.OutputShape}"));

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "yes" : "no";
}
