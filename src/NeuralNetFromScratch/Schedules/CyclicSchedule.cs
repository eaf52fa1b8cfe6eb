namespace NeuralNetFromScratch;

/// <summary>The shape of the curve from one rate to another.</summary>
public enum AnnealStrategy
{
    /// <summary>A half cosine, which is flat at both ends.</summary>
    Cosine,

    /// <summary>A straight line.</summary>
    Linear,
}

/// <summary>The change of the height of the triangles of <see cref="LearningRateSchedule.Cyclic"/>.</summary>
public enum CyclicMode
{
    /// <summary>All triangles have the same height.</summary>
    Triangular,

    /// <summary>Each triangle has half the height of the one before it: PyTorch's "triangular2".</summary>
    Halving,

    /// <summary>The height is multiplied by a factor in each epoch: PyTorch's "exp_range".</summary>
    Exponential,
}

/// <summary>One cycle of the learning rate, with the momentum in the opposite direction.</summary>
internal sealed class OneCycleSchedule : LearningRateSchedule, IPart<OneCycleSchedule>
{
    private readonly double _riseShare, _start, _finalFactor;
    private readonly bool _isLinear, _hasThreePhases;
    private readonly MomentumRange _momentum;

    public OneCycleSchedule(
        double riseShare, double startDivisor, double finalDivisor, (double Low, double High)? momentum, AnnealStrategy strategy, bool threePhases)
        : this(MomentumRange.Add(new Settings(Kind, new("riseShare", riseShare), new("startDivisor", startDivisor), new("finalDivisor", finalDivisor)), momentum)
            .With("linear", Guard.Defined(strategy, nameof(strategy)) == AnnealStrategy.Linear, false).With("threePhases", threePhases, false))
    {
    }

    private OneCycleSchedule(Settings settings)
        : base(settings)
    {
        _riseShare = Guard.Between0And1(settings.Get<double>("riseShare"), "riseShare");
        _start = 1 / AtLeast1(settings.Get<double>("startDivisor"), "startDivisor");
        _finalFactor = _start / AtLeast1(settings.Get<double>("finalDivisor"), "finalDivisor");
        _momentum = new MomentumRange(settings);
        _isLinear = settings.Get("linear", false);
        _hasThreePhases = settings.Get("threePhases", false);
        if (_hasThreePhases && _riseShare > 0.5)
            throw Guard.OutOfRange("riseShare", _riseShare, "must be at most 0.5 with three phases");
    }

    public static string Kind => "one-cycle";

    public static OneCycleSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => Cycle(position, _start, 1, _finalFactor);

    public override double? Momentum(TrainingPosition position) => _momentum.Range is (double low, double high) ? Cycle(position, high, low, high) : null;

    private static double AtLeast1(double value, string name) => double.IsFinite(value) && value >= 1
        ? value
        : throw Guard.OutOfRange(name, value, "must be finite and at least 1");

    /// <summary>Interpolates the cycle. The first step has the first value and the last step the last value.</summary>
    private double Cycle(TrainingPosition position, double from, double peak, double to)
    {
        double rise = _riseShare * position.TotalSteps - 1, last = position.TotalSteps - 1, step = Math.Min(position.Steps, last);
        if (step <= rise)
            return Between(from, peak, step / rise);
        if (!_hasThreePhases)
            return Between(peak, to, (step - rise) / (last - rise));
        double fall = 2 * _riseShare * position.TotalSteps - 2;
        return step <= fall ? Between(peak, from, (step - rise) / (fall - rise)) : Between(from, to, (step - fall) / (last - fall));
    }

    private double Between(double from, double to, double share) =>
        double.IsNaN(share) ? to : _isLinear ? from + (to - from) * share : CosineSchedule.Between(from, to, share);
}

/// <summary>Repeated triangles of the learning rate, with the momentum in the opposite direction.</summary>
internal sealed class CyclicSchedule : LearningRateSchedule, IPart<CyclicSchedule>
{
    private readonly double _low, _up, _down, _decay;
    private readonly CyclicMode _mode;
    private readonly MomentumRange _momentum;

    public CyclicSchedule(double low, double up, double down, CyclicMode mode, double decay, (double Low, double High)? momentum)
        : this(MomentumRange.Add(new Settings(Kind, new("low", low), new("up", up), new("down", down), new("mode", Name(mode)), new("decay", decay)), momentum))
    {
    }

    private CyclicSchedule(Settings settings)
        : base(settings)
    {
        _low = Guard.Share(settings.Get<double>("low"), "low");
        _up = Guard.Positive(settings.Get<double>("up"), "epochsUp");
        _down = Guard.Positive(settings.Get<double>("down"), "epochsDown");
        string mode = settings.Get<string>("mode");
        _mode = Array.Find(Enum.GetValues<CyclicMode>(), one => Name(one) == mode);
        if (Name(_mode) != mode)
            throw new ArgumentException($"the mode {MessageText.Quote(mode)} is unknown", nameof(settings));
        _decay = Guard.Positive(settings.Get<double>("decay"), "decay");
        _momentum = new MomentumRange(settings);
    }

    public static string Kind => "cyclic";

    public static CyclicSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position) => _low + (1 - _low) * Height(position);

    public override double? Momentum(TrainingPosition position) =>
        _momentum.Range is (double low, double high) ? high - (high - low) * Height(position) : null;

    private static string Name(CyclicMode mode) => Guard.Defined(mode, nameof(mode)) switch
    {
        CyclicMode.Halving => "halving",
        CyclicMode.Exponential => "exponential",
        _ => "triangular",
    };

    private double Height(TrainingPosition position)
    {
        double cycles = Math.Floor(position.Epochs / (_up + _down)), within = position.Epochs - cycles * (_up + _down);
        double height = within <= _up ? within / _up : (_up + _down - within) / _down;
        return height * _mode switch
        {
            CyclicMode.Halving => PortableMath.Pow(0.5, cycles),
            CyclicMode.Exponential => PortableMath.Pow(_decay, position.Epochs),
            _ => 1,
        };
    }
}

/// <summary>The range of a momentum that a schedule sets, if any.</summary>
internal readonly struct MomentumRange
{
    public MomentumRange(Settings settings)
    {
        (double? low, double? high) = (settings.Get<double?>("lowMomentum", null), settings.Get<double?>("highMomentum", null));
        if ((low, high) is not ((null, null) or (>= 0 and < 1, >= 0 and < 1)))
            throw Guard.OutOfRange("momentum", FormattableString.Invariant($"{low} to {high}"), "must be at least 0 and less than 1");
        Range = low is null ? null : (low.Value, high!.Value);
    }

    public (double Low, double High)? Range { get; }

    public static Settings Add(Settings settings, (double Low, double High)? range) =>
        settings.With("lowMomentum", range?.Low).With("highMomentum", range?.High);
}
