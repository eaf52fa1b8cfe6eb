namespace NeuralNetFromScratch;

/// <summary>The meaning of the threshold of <see cref="LearningRateSchedule.ReduceOnPlateau"/>.</summary>
public enum ThresholdMode
{
    /// <summary>The threshold is a fraction of the best value.</summary>
    Relative,

    /// <summary>The threshold is an absolute amount.</summary>
    Absolute,
}

/// <summary>A schedule that decreases when the losses, or the values of a metric, have stopped improving.</summary>
internal sealed class PlateauSchedule : LearningRateSchedule, IPart<PlateauSchedule>
{
    private readonly double _factor, _threshold, _minFactor;
    private readonly int _patience, _cooldown;
    private readonly string _metric;
    private readonly bool _isAbsolute;

    public PlateauSchedule(double factor, int patience, double threshold, double minFactor, string? metric, int cooldown, ThresholdMode thresholdMode)
        : this(new Settings(Kind, new("factor", factor), new("patience", patience), new("threshold", threshold), new("minFactor", minFactor)).With("metric", metric is null ? null : Guard.NotEmpty(metric, nameof(metric)))
            .With("cooldown", cooldown, 0).With("absolute", Guard.Defined(thresholdMode, nameof(thresholdMode)) == ThresholdMode.Absolute, false))
    {
    }

    private PlateauSchedule(Settings settings)
        : base(settings)
    {
        _factor = Guard.Between0And1(settings.Get<double>("factor"), "factor");
        _patience = Guard.NonNegative(settings.Get<int>("patience"), "patience");
        _isAbsolute = settings.Get("absolute", false);
        double threshold = settings.Get<double>("threshold");
        _threshold = _isAbsolute ? Guard.NonNegative(threshold, "threshold") : Guard.Fraction(threshold, "threshold");
        _minFactor = Guard.Share(settings.Get<double>("minFactor"), "minFactor");
        _metric = settings.Get("metric", "");
        _cooldown = Guard.NonNegative(settings.Get("cooldown", 0), "cooldown");
    }

    public static string Kind => "reduce-on-plateau";

    public override IEnumerable<string> WatchedMetrics => _metric.Length == 0 ? [] : [_metric];

    public static PlateauSchedule Create(Settings settings) => new(settings);

    public override double Factor(TrainingPosition position)
    {
        double current = 1, best = double.PositiveInfinity;
        int poor = 0, cooling = 0;
        IReadOnlyList<double> figures = _metric.Length == 0 ? position.EpochLosses : position.EpochMetrics.GetValueOrDefault(_metric, []);
        for (int epoch = 0; epoch < figures.Count; epoch++)
        {
            double figure = figures[epoch];
            if (IsBetter(figure, best))
                (best, poor) = (figure, 0);
            else
                poor++;
            if (cooling > 0)
                (cooling, poor) = (cooling - 1, 0);
            if (poor > _patience)
                (current, poor, cooling) = (Math.Max(current * _factor, _minFactor), 0, _cooldown);
        }

        return current;
    }

    /// <summary>Lower is better: the values of metrics for which higher is better are negated.</summary>
    private bool IsBetter(double figure, double best) =>
        figure < (_isAbsolute ? best - _threshold : best * (best < 0 ? 1 + _threshold : 1 - _threshold));
}
