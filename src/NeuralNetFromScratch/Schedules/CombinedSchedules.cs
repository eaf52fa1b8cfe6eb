namespace NeuralNetFromScratch;

/// <summary>The product of two schedules; the first that sets a momentum sets it.</summary>
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

/// <summary>A schedule for some epochs, as if they were the whole training, then another for those that are left.</summary>
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

/// <summary>A schedule that a straight line from 0 leads up to.</summary>
internal sealed class WarmUpSchedule : LearningRateSchedule, IPart<WarmUpSchedule>
{
    private readonly LearningRateSchedule _schedule;
    private readonly double _epochs;

    public WarmUpSchedule(LearningRateSchedule schedule, double epochs)
        : this(new Settings(Kind, new("schedule", schedule), new("epochs", epochs)))
    {
    }

    private WarmUpSchedule(Settings settings)
        : base(settings)
    {
        _schedule = settings.Get<LearningRateSchedule>("schedule");
        _epochs = Guard.Positive(settings.Get<double>("epochs"), "epochs");
    }

    public static string Kind => "warm-up";

    public static WarmUpSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => _schedule.Factor(position) * Math.Min(1, position.Epochs / _epochs);

    public override double? Momentum(TrainingPosition position) => _schedule.Momentum(position);

    public override IEnumerable<string> WatchedMetrics => _schedule.WatchedMetrics;
}
