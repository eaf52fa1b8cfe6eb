using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>A training in progress. It is passed to callbacks.</summary>
public sealed class TrainingRun
{
    private readonly TrainingState _state;

    internal TrainingRun(TrainingState state, FitOptions options, int rank)
    {
        _state = state;
        Rank = rank;
        Options = options;
        History = new TrainingHistory(state.History);
    }

    /// <summary>The network in training.</summary>
    public Sequential Network => _state.Network;

    /// <summary>The options of the training.</summary>
    public FitOptions Options { get; }

    /// <summary>The finished epochs.</summary>
    public TrainingHistory History { get; }

    /// <summary>The rank of this process in the cluster that trains the network (<see cref="TrainerOptions.Exchange"/>); 0 without a cluster.</summary>
    public int Rank { get; }

    /// <summary>Whether <see cref="Stop"/> was called. The training ends after this epoch, or at once if it was called in a step.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>
    /// Requests that the training ends, on all processes of a cluster. An epoch that ends early has no record.
    /// </summary>
    public void Stop() => IsStopping = true;

    /// <summary>Computes the loss and metrics of the epoch's samples so far.</summary>
    public EvaluationResult ComputeMetrics() => _state.Figures!.Result();
}

/// <summary>Describes as text the settings and data that must match when a training is resumed from a checkpoint.</summary>
internal static class TrainingFingerprint
{
    /// <summary>The value for a data set that has no fingerprint.</summary>
    public const string Unknown = "unknown";

    private const string Samples = "samples", Contents = "contents of the samples", ValidationSamples = "validation samples", ValidationContents = "contents of the validation samples";

    private const string Shards = "shards", OneShard = "1";

    private const string EpochCount = "epochs", AnyNumber = "any number";

    private const string Mixup = "mixup", None = "none";

    private const string MultiplyAdd = "multiply-add", RoundedOnce = "rounded once", RoundedTwice = "rounded twice";

    /// <summary>Returns advice for the user if an entry differs and the remedy is not obvious; otherwise an empty string.</summary>
    public static string Advice(string key, string? had) => (key, had) switch
    {
        (MultiplyAdd, RoundedOnce) => $" since the processor has no fused multiply-add: set {nameof(TrainerOptions.EmulateFusedMultiplyAdd)} to go on with the same bits",
        (MultiplyAdd, RoundedTwice) => $": a processor with fused multiply-add, or {nameof(TrainerOptions.EmulateFusedMultiplyAdd)}, gives other bits; load the network of the checkpoint to train it further",
        (EpochCount, _) => ": the schedule goes by the number of epochs; train with the former number, or begin anew with another checkpoint",
        _ => "",
    };

    /// <summary>Returns the value of an entry that a checkpoint does not have because it was written before the entry was introduced.</summary>
    public static string? Before(string key) => key switch
    {
        Shards => OneShard,
        Mixup => None,
        _ => null,
    };

    /// <summary>Returns all entries except the number of epochs.</summary>
    public static Dictionary<string, string> WithoutEpochs(IReadOnlyDictionary<string, string> fingerprint) =>
        fingerprint.Where(entry => entry.Key != EpochCount).ToDictionary(entry => entry.Key, entry => entry.Value);

    /// <summary>Whether an entry describes the data, not the options.</summary>
    public static bool IsData(string key) => key is Samples or Contents or ValidationSamples or ValidationContents;

    public static IReadOnlyDictionary<string, string> Of(Sequential network, Loss loss, Optimizer optimizer, Engine engine, int shards, TrainingPlan plan)
    {
        Dictionary<string, string> entries = OfOptions(network, loss, optimizer, engine, shards, plan);
        entries[Contents] = plan.Source.GetFingerprint() ?? Unknown;
        entries[ValidationContents] = plan.Options.Validation is null ? None : plan.Options.Validation.GetFingerprint() ?? Unknown;
        return entries;
    }

    /// <summary>Returns the entries without the fingerprints of the data sets, for which the contents may have to be read.</summary>
    public static Dictionary<string, string> OfOptions(Sequential network, Loss loss, Optimizer optimizer, Engine engine, int shards, TrainingPlan plan)
    {
        FitOptions options = plan.Options;
        return new Dictionary<string, string>(OfTrainer(network, loss, optimizer, engine, shards))
        {
            [Samples] = Text(plan.Training.Count),
            [ValidationSamples] = Text(plan.Validation?.Count ?? 0),
            ["validation fraction"] = Text(options.ValidationFraction),
            ["batch size"] = Text(options.BatchSize),
            ["accumulation steps"] = Text(options.AccumulationSteps),
            ["last batch"] = options.DropLast ? "dropped" : "taken",
            ["seed"] = Text(options.Seed),
            ["shuffle"] = options is { Shuffle: true, ShuffleBlock: > 1 } ? Text($"in blocks of {options.ShuffleBlock}") : Text(options.Shuffle),
            ["sampling"] = options.SamplingWeights is { } weights ? $"weights {Digest(weights)}" : options.SampleWithReplacement ? "with replacement" : "each once",
            ["augmentation"] = options.Augmentation?.ToString() ?? None,
            [Mixup] = options.MixupAlpha == 0 ? None : Text(options.MixupAlpha),
            ["schedule"] = options.Schedule.ToString(),
            [EpochCount] = GoesByEpochs(options.Schedule, options.Epochs, plan.StepsPerEpoch) ? Text(options.Epochs) : AnyNumber,
            ["metrics"] = string.Join(", ", plan.Metrics.Select(metric => metric.ToString())),
            ["early stopping"] = options.EarlyStopping is { } rule
                ? Text($"{(rule.WatchesTraining ? "training" : "validation")} {rule.Metric?.ToString() ?? "loss"}, patience {rule.Patience}, improvement {rule.MinImprovement:R}{(rule.FollowsEveryImprovement ? " of the last" : "")}, restores best {rule.RestoresBest}")
                : None,
        };
    }

    /// <summary>Returns the entries that do not depend on samples and options.</summary>
    public static Dictionary<string, string> OfTrainer(Sequential network, Loss loss, Optimizer optimizer, Engine engine, int shards) => new()
    {
        ["network"] = Network(network),
        ["loss"] = loss.ToString(),
        ["optimizer"] = optimizer.ToString(),
        [Shards] = Text(shards),
        // The instruction and its emulation give the same bits.
        [MultiplyAdd] = engine.MultiplyAdd == MultiplyAddKind.Unfused ? RoundedTwice : RoundedOnce,
    };

    /// <summary>Whether the values of a schedule at the same epochs depend on the number of epochs, as those of a cosine that ends at the last epoch do.</summary>
    private static bool GoesByEpochs(LearningRateSchedule schedule, int epochs, int stepsPerEpoch)
    {
        const int Places = 8;
        for (int i = 0; i < Places; i++)
        {
            double place = (double)epochs * i / Places;
            TrainingPosition shorter = new(place, epochs) { StepsPerEpoch = stepsPerEpoch }, longer = new(place, epochs + 1.0) { StepsPerEpoch = stepsPerEpoch };
            if (schedule.Factor(shorter) != schedule.Factor(longer) || schedule.Momentum(shorter) != schedule.Momentum(longer))
                return true;
        }

        return false;
    }

    private static string Network(Sequential network) =>
        string.Join("; ", network.Nodes.ToArray().Select(node => $"{node.Name}: {node.Layer} {node.OutputShape}"));

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>Computes a hash of a list of weights.</summary>
    private static string Digest(IReadOnlyList<float> weights)
    {
        ulong digest = 0;
        for (int i = 0; i < weights.Count; i++)
            digest = new RandomSource(digest ^ BitConverter.SingleToUInt32Bits(weights[i])).Bits((ulong)i);
        return digest.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static string Text(bool value) => value ? "yes" : "no";
}
