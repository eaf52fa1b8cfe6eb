namespace NeuralNetFromScratch;

/// <summary>The constant factor 1.</summary>
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

/// <summary>A half cosine from 1 to a final factor.</summary>
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

    /// <summary>A half cosine from one value to another.</summary>
    internal static double Between(double from, double to, double share) => to + (from - to) * (1 + PortableMath.SinCosOfTurns(share / 2).Cosine) / 2;
}

/// <summary>The factor 1 for a fraction of the training, then a linear decrease to a final factor.</summary>
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
