using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>A training in progress, as its callbacks see it.</summary>
public sealed class TrainingRun
{
    private readonly TrainingState _state;

    internal TrainingRun(TrainingState state, FitOptions options)
    {
        _state = state;
        Options = options;
        History = new TrainingHistory(state.History);
    }

    /// <summary>The network in training.</summary>
    public Sequential Network => _state.Network;

    /// <summary>The options of the training.</summary>
    public FitOptions Options { get; }

    /// <summary>The finished epochs.</summary>
    public TrainingHistory History { get; }

    /// <summary>Whether <see cref="Stop"/> was called. The training ends after this epoch, or at once if it was called in a step.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Requests that the training ends. An epoch that is cut short has no record.</summary>
    public void Stop() => IsStopping = true;

    /// <summary>Computes the loss and metrics of the epoch's samples so far.</summary>
    public EvaluationResult ComputeMetrics() => _state.Figures!.Result();
}

/// <summary>Describes as text what must match when a training is resumed from a checkpoint.</summary>
internal static class TrainingFingerprint
{
    /// <summary>The value for a data set that has no fingerprint.</summary>
    public const string Unknown = "unknown";

    private const string Samples = "samples", Contents = "contents of the samples", ValidationSamples = "validation samples", ValidationContents = "contents of the validation samples";

    private const string EpochCount = "epochs", AnyNumber = "any number";

    private const string MultiplyAdd = "multiply-add", RoundedOnce = "rounded once", RoundedTwice = "rounded twice";

    /// <summary>What to do where an entry differs and it is not plain.</summary>
    public static string Advice(string key, string? had) => (key, had) switch
    {
        (MultiplyAdd, RoundedOnce) => $" since the processor has no fused multiply-add: set {nameof(TrainerOptions.EmulateFusedMultiplyAdd)} to go on with the same bits",
        (MultiplyAdd, RoundedTwice) => $": a processor with fused multiply-add, or {nameof(TrainerOptions.EmulateFusedMultiplyAdd)}, gives other bits; load the network of the checkpoint to train it further",
        (EpochCount, _) => ": the schedule goes by the number of epochs; train with the former number, or begin anew with another checkpoint",
        _ => "",
    };

    /// <summary>All entries but the number of epochs.</summary>
    public static Dictionary<string, string> WithoutEpochs(IReadOnlyDictionary<string, string> fingerprint) =>
        fingerprint.Where(entry => entry.Key != EpochCount).ToDictionary(entry => entry.Key, entry => entry.Value);

    /// <summary>Whether an entry describes the data, not the options.</summary>
    public static bool IsData(string key) => key is Samples or Contents or ValidationSamples or ValidationContents;

    public static IReadOnlyDictionary<string, string> Of(Sequential network, Loss loss, Optimizer optimizer, Engine engine, TrainingPlan plan)
    {
        FitOptions options = plan.Options;
        return new Dictionary<string, string>
        {
            ["network"] = Network(network),
            ["loss"] = loss.ToString(),
            ["optimizer"] = optimizer.ToString(),
            [Samples] = Text(plan.Training.Count),
            [Contents] = plan.Source.GetFingerprint() ?? Unknown,
            [ValidationSamples] = Text(plan.Validation?.Count ?? 0),
            [ValidationContents] = options.Validation is null ? "none" : options.Validation.GetFingerprint() ?? Unknown,
            ["validation fraction"] = Text(options.ValidationFraction),
            ["batch size"] = Text(options.BatchSize),
            ["accumulation steps"] = Text(options.AccumulationSteps),
            ["last batch"] = options.DropLast ? "dropped" : "taken",
            ["seed"] = Text(options.Seed),
            ["shuffle"] = options is { Shuffle: true, ShuffleBlock: > 1 } ? Text($"in blocks of {options.ShuffleBlock}") : Text(options.Shuffle),
            ["sampling"] = options.SamplingWeights is { } weights ? $"weights {Digest(weights)}" : options.SampleWithReplacement ? "with replacement" : "each once",
            ["augmentation"] = options.Augmentation?.ToString() ?? "none",
            ["schedule"] = options.Schedule.ToString(),
            [EpochCount] = GoesByEpochs(options.Schedule, options.Epochs, plan.StepsPerEpoch) ? Text(options.Epochs) : AnyNumber,
            ["metrics"] = string.Join(", ", plan.Metrics.Select(metric => metric.ToString())),
            ["early stopping"] = options.EarlyStopping is { } rule
                ? Text($"{(rule.WatchesTraining ? "training" : "validation")} {rule.Metric?.ToString() ?? "loss"}, patience {rule.Patience}, improvement {rule.MinImprovement:R}{(rule.FollowsEveryImprovement ? " of the last" : "")}, restores best {rule.RestoresBest}")
                : "none",
            // The instruction and its emulation give the same bits.
            [MultiplyAdd] = engine.MultiplyAdd == MultiplyAddKind.Unfused ? RoundedTwice : RoundedOnce,
        };
    }

    /// <summary>Whether a schedule has other values at the same places where the training is longer, as a cosine down to the last epoch has.</summary>
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

/// <summary>Runs the stages of a step in order: gradients, exchange, update.</summary>
internal sealed class StepRunner
{
    private const ulong LayerStream = 2;

    private readonly Engine _engine;
    private readonly StepPace? _pace;
    private readonly TrainingState _state;
    private readonly GradientPass _pass;
    private readonly ParameterUpdate _update;

    /// <exception cref="ArgumentException">The optimizer has a group that names no parameter.</exception>
    public StepRunner(Loss loss, Optimizer optimizer, Engine engine, GradientExchange? exchange, TrainingState state)
    {
        if (exchange is { Shards: > 1 })
            throw new NotSupportedException("an exchange of several shards is not implemented yet");
        _engine = engine;
        // Machines that exchange gradients wait for each other.
        _pace = engine.Rests && engine.ThreadCount > 1 && exchange is null ? new StepPace(engine.ThreadCount) : null;
        _state = state;
        var plan = new UpdatePlan(state.Network.Parameters, optimizer);
        _pass = new GradientPass(state.Network, loss, engine, plan.Frozen);
        _update = new ParameterUpdate(plan, optimizer, engine, state);
    }

    /// <summary>Computes the gradients and stores them in the network's parameters.</summary>
    public StepTotals ComputeGradients(in TrainingBatch batch, ulong seed, bool accumulate, EpochFigures? figures, bool refusesNonFinite = false) => _pass.Run(
        batch, new RandomSource(seed).Fork(LayerStream).Fork((ulong)_state.Steps), accumulate, figures, observer: null, refusesNonFinite);

    /// <summary>Replaces the gradients and totals by those of all machines.</summary>
    public static StepTotals Exchange(StepTotals totals) => totals;

    /// <summary>Updates the parameters and counts the step.</summary>
    public void Update(float learningRate, float? momentum) => _update.Run(learningRate, momentum);

    /// <summary>The number of threads in use.</summary>
    public int ThreadCount => _pace?.Current ?? _engine.ThreadCount;

    /// <summary>All stages, with as many threads as are fastest; a loss that is not finite ends the step before the update, where that is asked for.</summary>
    /// <returns>The totals, and whether the parameters were updated.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (StepTotals Totals, bool IsUpdated) Run(
        in TrainingBatch batch, ulong seed, float learningRate, float? momentum, bool stopsAtNonFiniteLoss, EpochFigures? figures, bool refusesNonFinite = false)
    {
        if (_pace is null)
            return RunStages(batch, seed, learningRate, momentum, stopsAtNonFiniteLoss, figures, refusesNonFinite);
        long start = Stopwatch.GetTimestamp();
        _engine.ActiveThreads = _pace.Next;
        try
        {
            return RunStages(batch, seed, learningRate, momentum, stopsAtNonFiniteLoss, figures, refusesNonFinite);
        }
        finally
        {
            _engine.ActiveThreads = _engine.ThreadCount;
            _pace.Follow(batch.Rows, Stopwatch.GetTimestamp() - start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (StepTotals Totals, bool IsUpdated) RunStages(
        in TrainingBatch batch, ulong seed, float learningRate, float? momentum, bool stopsAtNonFiniteLoss, EpochFigures? figures, bool refusesNonFinite)
    {
        StepTotals totals = Exchange(ComputeGradients(batch, seed, accumulate: false, figures, refusesNonFinite));
        if (stopsAtNonFiniteLoss && !double.IsFinite(totals.Loss))
            return (totals, false);
        Update(learningRate, momentum);
        return (totals, true);
    }
}
