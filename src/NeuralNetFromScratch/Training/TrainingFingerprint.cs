using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// What must be the same when a training goes on from a checkpoint, in words.
/// </summary>
internal static class TrainingFingerprint
{
    public static IReadOnlyDictionary<string, string> Of(
        Sequential network, Loss loss, Optimizer optimizer, int samples, int validationSamples, FitOptions options) => new Dictionary<string, string>
        {
            ["network"] = Network(network),
            ["loss"] = loss.ToString(),
            ["optimizer"] = optimizer.ToString(),
            ["samples"] = Text(samples),
            ["validation samples"] = Text(validationSamples),
            ["batch size"] = Text(options.BatchSize),
            ["accumulation steps"] = Text(options.AccumulationSteps),
            ["seed"] = Text(options.Seed),
            ["shuffle"] = Text(options.Shuffle),
            ["augmentation"] = options.Augmentation?.ToString() ?? "none",
            ["schedule"] = options.Schedule.ToString(),
            ["early stopping"] = options.EarlyStopping is { } rule
                ? Text($"{(rule.WatchesTraining ? "training" : "validation")} {rule.Metric?.ToString() ?? "loss"}, patience {rule.Patience}, improvement {rule.MinimumImprovement:R}, restores best {rule.RestoresBest}")
                : "none",
        };

    private static string Network(Sequential network) =>
        string.Join("; ", network.Nodes.ToArray().Select(node => $"{node.Name}: {Describe(node.Layer)} {node.OutputShape}"));

    private static string Describe(Layer layer) => layer.ToString();

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "yes" : "no";
}
