namespace NeuralNetFromScratch;

/// <summary>The product of two schedules. The first one that sets a momentum determines it.</summary>
internal sealed class ProductSchedule : LearningRateSchedule, IPart<ProductSchedule>
{
    private readonly LearningRateSchedule _first, _second;

    public ProductSchedule(LearningRateSchedule first, LearningRateSchedule second)
        : this(new Settings(Kind, new("first", first), new("second", second)))
    {
    }

    private ProductSchedule(Settings settings)
        : base(settings) => (_first, _second) = (settings.Get<LearningRateSchedule>("first"), settings.Get<LearningRateSchedule>("second"));

    public static string Kind => "times";

    public static ProductSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => _first.Factor(position) * _second.Factor(position);

    public override double? Momentum(TrainingPosition position) => _first.Momentum(position) ?? _second.Momentum(position);

    public override IEnumerable<string> WatchedMetrics => _first.WatchedMetrics.Union(_second.WatchedMetrics);
}

/// <summary>One schedule for a number of epochs, as if they were the whole training, then another one for the remaining epochs.</summary>
internal sealed class SequenceSchedule : LearningRateSchedule, IPart<SequenceSchedule>
{
    private readonly LearningRateSchedule _first, _next;
    private readonly double _epochs;

    public SequenceSchedule(LearningRateSchedule first, double epochs, LearningRateSchedule next)
        : this(new Settings(Kind, new("first", first), new("epochs", epochs), new("next", next)))
    {
    }

    private SequenceSchedule(Settings settings)
        : base(settings)
    {
        _first = settings.Get<LearningRateSchedule>("first");
        _epochs = Guard.Positive(settings.Get<double>("epochs"), "epochs");
        _next = settings.Get<LearningRateSchedule>("next");
    }

    public static string Kind => "then";

    public static SequenceSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) =>
        position.Epochs < _epochs ? _first.Factor(InFirst(position)) : _next.Factor(InNext(position));

    public override double? Momentum(TrainingPosition position) =>
        position.Epochs < _epochs ? _first.Momentum(InFirst(position)) : _next.Momentum(InNext(position));

    public override IEnumerable<string> WatchedMetrics => _first.WatchedMetrics.Union(_next.WatchedMetrics);

    private TrainingPosition InFirst(TrainingPosition position) => position with { TotalEpochs = _epochs };

    private TrainingPosition InNext(TrainingPosition position) => position with
    {
        Epochs = position.Epochs - _epochs,
        TotalEpochs = Math.Max(position.TotalEpochs - _epochs, double.Epsilon),
    };
}

/// <summary>A schedule that begins with a linear warm-up.</summary>
internal sealed class WarmUpSchedule : LearningRateSchedule, IPart<WarmUpSchedule>
{
    private readonly LearningRateSchedule _schedule;
    private readonly double _epochs;
    private readonly double? _start;

    public WarmUpSchedule(LearningRateSchedule schedule, double epochs, double? start)
        : this(new Settings(Kind, new("schedule", schedule), new("epochs", epochs)).With("start", start))
    {
    }

    private WarmUpSchedule(Settings settings)
        : base(settings)
    {
        _schedule = settings.Get<LearningRateSchedule>("schedule");
        _epochs = Guard.Positive(settings.Get<double>("epochs"), "epochs");
        _start = settings.Get<double?>("start", null) is { } start ? Guard.Share(start, "start") : null;
    }

    public static string Kind => "warm-up";

    public static WarmUpSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position)
    {
        double share = _start is { } start
            ? start + (1 - start) * Math.Min(1, position.Epochs / _epochs)
            : Math.Min(1, (position.Steps + 1) / (_epochs * position.StepsPerEpoch));
        return _schedule.Factor(position) * share;
    }

    public override double? Momentum(TrainingPosition position) => _schedule.Momentum(position);

    public override IEnumerable<string> WatchedMetrics => _schedule.WatchedMetrics;
}

/// <summary>A schedule whose value is constant within an epoch.</summary>
internal sealed class PerEpochSchedule : LearningRateSchedule, IPart<PerEpochSchedule>
{
    private readonly LearningRateSchedule _schedule;

    public PerEpochSchedule(LearningRateSchedule schedule)
        : this(new Settings(Kind, new Setting("schedule", schedule)))
    {
    }

    private PerEpochSchedule(Settings settings)
        : base(settings) => _schedule = settings.Get<LearningRateSchedule>("schedule");

    public static string Kind => "per-epoch";

    public static PerEpochSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => _schedule.Factor(Begin(position));

    public override double? Momentum(TrainingPosition position) => _schedule.Momentum(Begin(position));

    public override IEnumerable<string> WatchedMetrics => _schedule.WatchedMetrics;

    private static TrainingPosition Begin(TrainingPosition position) => position with { Epochs = Math.Floor(position.Epochs), StepsPerEpoch = 1 };
}

/// <summary>A schedule whose lengths are in steps.</summary>
internal sealed class PerStepSchedule : LearningRateSchedule, IPart<PerStepSchedule>
{
    private readonly LearningRateSchedule _schedule;

    public PerStepSchedule(LearningRateSchedule schedule)
        : this(new Settings(Kind, new Setting("schedule", schedule)))
    {
    }

    private PerStepSchedule(Settings settings)
        : base(settings) => _schedule = settings.Get<LearningRateSchedule>("schedule");

    public static string Kind => "per-step";

    public static PerStepSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => _schedule.Factor(Count(position));

    public override double? Momentum(TrainingPosition position) => _schedule.Momentum(Count(position));

    public override IEnumerable<string> WatchedMetrics => _schedule.WatchedMetrics;

    private static TrainingPosition Count(TrainingPosition position) =>
        position with { Epochs = position.Steps, TotalEpochs = position.TotalSteps, StepsPerEpoch = 1 };
}
