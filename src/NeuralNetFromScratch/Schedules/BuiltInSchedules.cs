namespace NeuralNetFromScratch;

/// <summary>1.</summary>
internal sealed class ConstantSchedule : LearningRateSchedule, IPart<ConstantSchedule>
{
    public ConstantSchedule()
        : this(new Settings(Kind))
    {
    }

    private ConstantSchedule(Settings settings)
        : base(settings)
    {
    }

    public static string Kind => "constant";

    public static ConstantSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => 1;
}

/// <summary><c>factor^⌊epochs / interval⌋</c>.</summary>
internal sealed class StepSchedule : LearningRateSchedule, IPart<StepSchedule>
{
    private readonly int _interval;
    private readonly double _factor;

    public StepSchedule(int interval, double factor)
        : this(new Settings(Kind, new("interval", interval), new("factor", factor)))
    {
    }

    private StepSchedule(Settings settings)
        : base(settings)
    {
        _interval = Guard.Positive(settings.Get<int>("interval"), "interval");
        _factor = Guard.Positive(settings.Get<double>("factor"), "factor");
    }

    public static string Kind => "step";

    public static StepSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => PortableMath.Pow(_factor, Math.Floor(position.Epochs / _interval));
}

/// <summary><c>factor^epochs</c>.</summary>
internal sealed class ExponentialSchedule : LearningRateSchedule, IPart<ExponentialSchedule>
{
    private readonly double _factor;

    public ExponentialSchedule(double factor)
        : this(new Settings(Kind, new Setting("factor", factor)))
    {
    }

    private ExponentialSchedule(Settings settings)
        : base(settings) => _factor = Guard.Positive(settings.Get<double>("factor"), "factor");

    public static string Kind => "exponential";

    public static ExponentialSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => PortableMath.Pow(_factor, position.Epochs);
}

/// <summary><c>1 / (1 + decay · epochs)</c>.</summary>
internal sealed class InverseTimeSchedule : LearningRateSchedule, IPart<InverseTimeSchedule>
{
    private readonly double _decay;

    public InverseTimeSchedule(double decay)
        : this(new Settings(Kind, new Setting("decay", decay)))
    {
    }

    private InverseTimeSchedule(Settings settings)
        : base(settings) => _decay = Guard.Positive(settings.Get<double>("decay"), "decay");

    public static string Kind => "inverse-time";

    public static InverseTimeSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => 1 / (1 + _decay * position.Epochs);
}

/// <summary>Half a cosine from 1 to a final factor.</summary>
internal sealed class CosineSchedule : LearningRateSchedule, IPart<CosineSchedule>
{
    private readonly double _finalFactor;

    public CosineSchedule(double finalFactor)
        : this(new Settings(Kind, new Setting("finalFactor", finalFactor)))
    {
    }

    private CosineSchedule(Settings settings)
        : base(settings) => _finalFactor = Guard.Share(settings.Get<double>("finalFactor"), "finalFactor");

    public static string Kind => "cosine";

    public static CosineSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => Between(1, _finalFactor, position.Fraction);

    /// <summary>Half a cosine from one value to another.</summary>
    internal static double Between(double from, double to, double share) => to + (from - to) * (1 + PortableMath.SinCosOfTurns(share / 2).Cosine) / 2;
}

/// <summary>1 up to a share of the training, then a straight line to a final factor.</summary>
internal sealed class LinearSchedule : LearningRateSchedule, IPart<LinearSchedule>
{
    private readonly double _finalFactor, _constantShare;

    public LinearSchedule(double finalFactor, double constantShare)
        : this(new Settings(Kind, new("finalFactor", finalFactor), new("constantShare", constantShare)))
    {
    }

    private LinearSchedule(Settings settings)
        : base(settings)
    {
        _finalFactor = Guard.Share(settings.Get<double>("finalFactor"), "finalFactor");
        _constantShare = Guard.Fraction(settings.Get<double>("constantShare"), "constantShare");
    }

    public static string Kind => "linear-decay";

    public static LinearSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) =>
        1 + (_finalFactor - 1) * Math.Max(0, (position.Fraction - _constantShare) / (1 - _constantShare));
}

/// <summary>Up and down on half cosines, the momentum the other way.</summary>
internal sealed class OneCycleSchedule : LearningRateSchedule, IPart<OneCycleSchedule>
{
    private readonly double _riseShare, _start, _final;
    private readonly double? _lowMomentum, _highMomentum;

    public OneCycleSchedule(double riseShare, double startDivisor, double finalDivisor, (double Low, double High)? momentum)
        : this(new Settings(Kind, new("riseShare", riseShare), new("startDivisor", startDivisor), new("finalDivisor", finalDivisor))
            .With("lowMomentum", momentum?.Low).With("highMomentum", momentum?.High))
    {
    }

    private OneCycleSchedule(Settings settings)
        : base(settings)
    {
        _riseShare = Guard.Between0And1(settings.Get<double>("riseShare"), "riseShare");
        _start = 1 / AtLeast1(settings.Get<double>("startDivisor"), "startDivisor");
        _final = _start / AtLeast1(settings.Get<double>("finalDivisor"), "finalDivisor");
        _lowMomentum = settings.Get<double?>("lowMomentum", null);
        _highMomentum = settings.Get<double?>("highMomentum", null);
        if ((_lowMomentum, _highMomentum) is not ((null, null) or (>= 0 and < 1, >= 0 and < 1)))
            throw new ArgumentOutOfRangeException("momentum", (_lowMomentum, _highMomentum), "the momentum must be at least 0 and less than 1");
    }

    public static string Kind => "one-cycle";

    public static OneCycleSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => Cycle(position.Fraction, _start, 1, _final);

    public override double? Momentum(TrainingPosition position) => (_lowMomentum, _highMomentum) is (double low, double high)
        ? Cycle(position.Fraction, high, low, high)
        : null;

    private static double AtLeast1(double value, string name) => double.IsFinite(value) && value >= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and at least 1");

    private double Cycle(double fraction, double from, double peak, double to) => fraction < _riseShare
        ? CosineSchedule.Between(from, peak, fraction / _riseShare)
        : CosineSchedule.Between(peak, to, (fraction - _riseShare) / (1 - _riseShare));
}

/// <summary>Falls whenever the losses, or figures of a metric, so far have not become better for some epochs.</summary>
internal sealed class PlateauSchedule : LearningRateSchedule, IPart<PlateauSchedule>
{
    private readonly double _factor, _threshold, _minFactor;
    private readonly int _patience;
    private readonly string _metric;

    public PlateauSchedule(double factor, int patience, double threshold, double minFactor, string? metric = null)
        : this(new Settings(Kind, new("factor", factor), new("patience", patience), new("threshold", threshold), new("minFactor", minFactor)).With("metric", metric))
    {
    }

    private PlateauSchedule(Settings settings)
        : base(settings)
    {
        _factor = Guard.Between0And1(settings.Get<double>("factor"), "factor");
        _patience = Guard.NonNegative(settings.Get<int>("patience"), "patience");
        _threshold = Guard.Fraction(settings.Get<double>("threshold"), "threshold");
        _minFactor = Guard.Share(settings.Get<double>("minFactor"), "minFactor");
        _metric = settings.Get("metric", "");
    }

    public static string Kind => "reduce-on-plateau";

    public override IEnumerable<string> WatchedMetrics => _metric.Length == 0 ? [] : [_metric];

    public static PlateauSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position)
    {
        double current = 1, best = double.PositiveInfinity;
        int poor = 0;
        foreach (double figure in _metric.Length == 0 ? position.EpochLosses : position.EpochMetrics.GetValueOrDefault(_metric, []))
        {
            // The figures of a metric whose higher values are better are negative.
            if (figure < best * (best < 0 ? 1 + _threshold : 1 - _threshold))
                (best, poor) = (figure, 0);
            else
                poor++;
            if (poor > _patience)
                (current, poor) = (Math.Max(current * _factor, _minFactor), 0);
        }

        return current;
    }
}
