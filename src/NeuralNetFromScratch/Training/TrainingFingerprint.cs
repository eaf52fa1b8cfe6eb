using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// What must be the same when a training goes on from a checkpoint, in words. Schedules are functions and cannot be compared.
/// </summary>
internal static class TrainingFingerprint
{
    public static IReadOnlyDictionary<string, string> Of(
        Sequential network, Loss loss, Optimizer optimizer, int samples, int validationSamples, FitOptions options) => new Dictionary<string, string>
        {
            ["network"] = Network(network),
            ["loss"] = Describe(loss),
            ["optimizer"] = Describe(optimizer),
            ["samples"] = Text(samples),
            ["validation samples"] = Text(validationSamples),
            ["batch size"] = Text(options.BatchSize),
            ["accumulation steps"] = Text(options.AccumulationSteps),
            ["seed"] = Text(options.Seed),
            ["shuffle"] = Text(options.Shuffle),
            ["augmentation"] = options.Augmentation?.Description ?? "none",
            ["early stopping"] = options.EarlyStopping is { } rule
                ? Text($"{rule.Monitor}, patience {rule.Patience}, improvement {rule.MinimumImprovement:R}, restores best {rule.RestoresBest}")
                : "none",
        };

    private static string Network(Sequential network) =>
        string.Join("; ", network.Nodes.ToArray().Select(node => $"{node.Name}: {Describe(node.Layer)} {node.OutputShape}"));

    private static string Describe(Layer layer) => layer.ToString();

    private static string Describe(Loss loss) => loss switch
    {
        SoftmaxCrossEntropy { LabelSmoothing: var smoothing } softmax => Text($"{loss.Name}, smoothing {smoothing:R}, class weights ") + Numbers(softmax.ClassWeights),
        BinaryCrossEntropy binary => $"{loss.Name}, positive weights {Numbers(binary.PositiveWeights)}",
        Huber huber => Text($"{loss.Name}, delta {huber.Delta:R}"),
        _ => loss.Name,
    };

    private static string Numbers(ReadOnlySpan<float> values)
    {
        var texts = new string[values.Length];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = values[i].ToString("R", CultureInfo.InvariantCulture);
        return texts.Length == 0 ? "none" : string.Join(' ', texts);
    }

    private static string Describe(Optimizer optimizer)
    {
        string own = optimizer switch
        {
            Sgd sgd => Text($"momentum {sgd.Momentum:R}, nesterov {sgd.Nesterov}, dampening {sgd.Dampening:R}"),
            Adam adam => Text($"betas {adam.Beta1:R} {adam.Beta2:R}, epsilon {adam.Epsilon:R}"),
            RmsProp rmsProp => Text($"decay {rmsProp.Decay:R}, epsilon {rmsProp.Epsilon:R}"),
            Adagrad adagrad => Text($"epsilon {adagrad.Epsilon:R}"),
            _ => optimizer.GetType().FullName!,
        };
        return Text($"{optimizer.Name}, rate {optimizer.LearningRate:R}, {own}, l2 {optimizer.L2Penalty:R}, l1 {optimizer.L1Penalty:R}, ")
            + Text($"decay {optimizer.WeightDecay:R}, biases {optimizer.DecaysBiases}, clip {optimizer.ClipValue:R} {optimizer.ClipNorm:R}, ")
            + Text($"max norm {optimizer.MaxNorm:R}, averaging {optimizer.AveragingDecay:R}, groups ") + string.Join("; ", optimizer.ParameterGroups);
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "yes" : "no";
}
