namespace NeuralNetFromScratch;

/// <summary>A linear change between two factors over some epochs, then the second factor.</summary>
internal sealed class RampSchedule : LearningRateSchedule, IPart<RampSchedule>
{
    private readonly double _from, _to, _epochs;

    public RampSchedule(double from, double to, double epochs)
        : this(new Settings(Kind, new("from", from), new("to", to), new("epochs", epochs)))
    {
    }

    private RampSchedule(Settings settings)
        : base(settings)
    {
        _from = Guard.NonNegative(settings.Get<double>("from"), "from");
        _to = Guard.NonNegative(settings.Get<double>("to"), "to");
        _epochs = Guard.Positive(settings.Get<double>("epochs"), "epochs");
    }

    public static string Kind => "ramp";

    public static RampSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => _from + (_to - _from) * Math.Min(1, position.Epochs / _epochs);
}

/// <summary>A factor for some epochs, then 1.</summary>
internal sealed class HoldSchedule : LearningRateSchedule, IPart<HoldSchedule>
{
    private readonly double _factor, _epochs;

    public HoldSchedule(double factor, double epochs)
        : this(new Settings(Kind, new("factor", factor), new("epochs", epochs)))
    {
    }

    private HoldSchedule(Settings settings)
        : base(settings)
    {
        _factor = Guard.NonNegative(settings.Get<double>("factor"), "factor");
        _epochs = Guard.Positive(settings.Get<double>("epochs"), "epochs");
    }

    public static string Kind => "hold";

    public static HoldSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => position.Epochs < _epochs ? _factor : 1;
}

/// <summary>A power of a factor: one for each milestone that has been reached.</summary>
internal sealed class MultiStepSchedule : LearningRateSchedule, IPart<MultiStepSchedule>
{
    private readonly double _factor;
    private readonly double[] _milestones;

    public MultiStepSchedule(double factor, ReadOnlySpan<double> milestones)
        : this(new Settings(Kind, new Setting("factor", factor)).WithList("milestones", milestones.ToArray()))
    {
    }

    private MultiStepSchedule(Settings settings)
        : base(settings)
    {
        _factor = Guard.Positive(settings.Get<double>("factor"), "factor");
        _milestones = settings.GetList<double>("milestones");
        for (int i = 0; i < _milestones.Length; i++)
        {
            Guard.NonNegative(_milestones[i], "milestones");
            if (i > 0 && _milestones[i] < _milestones[i - 1])
                throw Guard.OutOfRange("milestones", _milestones[i], "must increase");
        }
    }

    public static string Kind => "multi-step";

    public static MultiStepSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position)
    {
        int reached = 0;
        while (reached < _milestones.Length && _milestones[reached] <= position.Epochs)
            reached++;
        return PortableMath.Pow(_factor, reached);
    }
}

/// <summary><c>f + (1 − f) · (1 − fraction)^power</c> with the final factor f.</summary>
internal sealed class PolynomialSchedule : LearningRateSchedule, IPart<PolynomialSchedule>
{
    private readonly double _power, _finalFactor;

    public PolynomialSchedule(double power, double finalFactor)
        : this(new Settings(Kind, new("power", power), new("finalFactor", finalFactor)))
    {
    }

    private PolynomialSchedule(Settings settings)
        : base(settings)
    {
        _power = Guard.Positive(settings.Get<double>("power"), "power");
        _finalFactor = Guard.Share(settings.Get<double>("finalFactor"), "finalFactor");
    }

    public static string Kind => "polynomial";

    public static PolynomialSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => _finalFactor + (1 - _finalFactor) * PortableMath.Pow(1 - position.Fraction, _power);
}

/// <summary>A repeated half cosine whose period grows by a factor.</summary>
internal sealed class RestartSchedule : LearningRateSchedule, IPart<RestartSchedule>
{
    private readonly double _period, _growth, _finalFactor;

    public RestartSchedule(double period, double growth, double finalFactor)
        : this(new Settings(Kind, new("period", period), new("growth", growth), new("finalFactor", finalFactor)))
    {
    }

    private RestartSchedule(Settings settings)
        : base(settings)
    {
        _period = Guard.Positive(settings.Get<double>("period"), "period");
        _growth = Guard.Positive(settings.Get<double>("growth"), "growth");
        if (_growth < 1)
            throw Guard.OutOfRange("growth", _growth, "must be at least 1");
        _finalFactor = Guard.Share(settings.Get<double>("finalFactor"), "finalFactor");
    }

    public static string Kind => "cosine-restarts";

    public static RestartSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position)
    {
        double within, period = _period;
        if (_growth == 1)
        {
            within = position.Epochs - Math.Floor(position.Epochs / period) * period;
        }
        else
        {
            within = position.Epochs;
            while (within >= period)
            {
                within -= period;
                period *= _growth;
            }
        }

        return CosineSchedule.Between(1, _finalFactor, within / period);
    }
}
