using System.Collections.ObjectModel;

namespace NeuralNetFromScratch;

/// <summary>
/// The base class of learning-rate schedules. A schedule is a factor on the optimizer's learning rate. It depends only on the position in the
/// training, so that a resumed training has the right rate.
/// </summary>
/// <remarks>
/// Lengths are in epochs, and by default the value changes in every step: <c>Exponential(0.9)</c> gives 0.9^2.5 in the middle of the third epoch.
/// <see cref="PerEpoch"/> keeps the value constant within an epoch, as PyTorch's schedulers do when <c>step()</c> is called once per epoch.
/// <see cref="PerStep"/> interprets lengths as steps, as they do when it is called after each step. In both cases the values equal those of
/// PyTorch.
/// </remarks>
/// <param name="settings">The kind and settings.</param>
public abstract class LearningRateSchedule(Settings settings) : Part(settings)
{
    /// <summary>The constant schedule: the optimizer's learning rate in every step.</summary>
    public static LearningRateSchedule Constant { get; } = new ConstantSchedule();

    /// <summary>Multiplies the rate by a factor after each interval of epochs: <c>factor^⌊epochs / interval⌋</c>.</summary>
    /// <param name="interval">The number of epochs between changes; positive.</param>
    /// <param name="factor">The factor; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not positive or not finite.</exception>
    public static LearningRateSchedule Step(int interval, double factor) => new StepSchedule(interval, factor);

    /// <summary>Multiplies the rate by a factor in each epoch, continuously: <c>factor^epochs</c>.</summary>
    /// <param name="factor">The factor; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="factor"/> is not positive or not finite.</exception>
    public static LearningRateSchedule Exponential(double factor) => new ExponentialSchedule(factor);

    /// <summary>Decreases the rate with the inverse of time: <c>1 / (1 + decay · epochs)</c>.</summary>
    /// <param name="decay">The decay; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is not positive or not finite.</exception>
    public static LearningRateSchedule InverseTime(double decay) => new InverseTimeSchedule(decay);

    /// <summary>Decreases the factor along a half cosine from 1 to a final value (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <param name="finalFactor">The factor at the end, 0 to 1. Default: 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="finalFactor"/> is not between 0 and 1.</exception>
    public static LearningRateSchedule Cosine(double finalFactor = 0) => new CosineSchedule(finalFactor);

    /// <summary>Keeps the factor 1 for a fraction of the training, then decreases it linearly to a final value.</summary>
    /// <param name="finalFactor">The factor at the end, 0 to 1. Default: 0.</param>
    /// <param name="constantShare">The fraction of the training before the decrease; at least 0 and less than 1. Default: 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static LearningRateSchedule Linear(double finalFactor = 0, double constantShare = 0) =>
        new LinearSchedule(finalFactor, constantShare);

    /// <summary>Changes the factor linearly from one value to another over some epochs and then keeps it: PyTorch's <c>LinearLR</c>.</summary>
    /// <param name="from">The first factor; not negative. Default: 1/3.</param>
    /// <param name="to">The last factor; not negative. Default: 1.</param>
    /// <param name="epochs">The number of epochs of the change; positive. Default: 5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static LearningRateSchedule Ramp(double from = 1.0 / 3, double to = 1, double epochs = 5) => new RampSchedule(from, to, epochs);

    /// <summary>Applies a factor for some epochs, then 1: PyTorch's <c>ConstantLR</c>.</summary>
    /// <param name="factor">The factor; not negative. Default: 1/3.</param>
    /// <param name="epochs">The number of epochs with the factor; positive. Default: 5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static LearningRateSchedule Hold(double factor = 1.0 / 3, double epochs = 5) => new HoldSchedule(factor, epochs);

    /// <summary>Multiplies the rate by a factor at each milestone: PyTorch's <c>MultiStepLR</c>.</summary>
    /// <param name="factor">The factor; positive.</param>
    /// <param name="milestones">The epochs of the changes, from 0, in increasing order; none is negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or the milestones do not increase.</exception>
    public static LearningRateSchedule MultiStep(double factor, params ReadOnlySpan<double> milestones) => new MultiStepSchedule(factor, milestones);

    /// <summary>
    /// Decreases the factor polynomially: <c>f + (1 − f) · (1 − p)^power</c> with the final factor f and the completed fraction p of the
    /// training: PyTorch's <c>PolynomialLR</c>.
    /// </summary>
    /// <param name="power">The power; positive. Default: 1, a straight line.</param>
    /// <param name="finalFactor">The factor at the end, 0 to 1. Default: 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static LearningRateSchedule Polynomial(double power = 1, double finalFactor = 0) => new PolynomialSchedule(power, finalFactor);

    /// <summary>
    /// Decreases the factor along a half cosine from 1 to a final value, repeatedly (Loshchilov and Hutter 2017): PyTorch's
    /// <c>CosineAnnealingWarmRestarts</c>.
    /// </summary>
    /// <param name="period">The number of epochs of the first period; positive.</param>
    /// <param name="growth">The ratio of the lengths of successive periods; at least 1. Default: 1.</param>
    /// <param name="finalFactor">The factor at the end of each period, 0 to 1. Default: 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static LearningRateSchedule CosineRestarts(double period, double growth = 1, double finalFactor = 0) => new RestartSchedule(period, growth, finalFactor);

    /// <summary>
    /// Increases the factor from <c>1 / startDivisor</c> to 1 and decreases it to <c>1 / (startDivisor · finalDivisor)</c>: the one-cycle policy
    /// (Smith and Topin 2018) as in PyTorch's <c>OneCycleLR</c>, with its defaults. Of n steps, step 0 has the first factor, step
    /// <c>riseShare · n − 1</c> has 1, and step n − 1 has the last factor. The momentum, or β₁ of Adam, can change in the opposite direction.
    /// </summary>
    /// <param name="riseShare">
    /// The fraction of the training in which the factor increases; more than 0 and less than 1, and at most 0.5 with three phases. Default: 0.3.
    /// </param>
    /// <param name="startDivisor">The divisor of the first factor; at least 1. Default: 25.</param>
    /// <param name="finalDivisor">The further divisor of the last factor; at least 1. Default: 10,000.</param>
    /// <param name="momentum">
    /// The range of the momentum, for example 0.85 to 0.95; it is high when the rate is low. Null, the default, uses the optimizer's momentum.
    /// </param>
    /// <param name="strategy">The shape of the curve. Default: <see cref="AnnealStrategy.Cosine"/>.</param>
    /// <param name="threePhases">
    /// Whether the factor decreases to <c>1 / startDivisor</c> as fast as it increased, and then to the last factor in the remaining steps. If
    /// false, it decreases in one phase. Default: false.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static LearningRateSchedule OneCycle(
        double riseShare = 0.3,
        double startDivisor = 25,
        double finalDivisor = 1e4,
        (double Low, double High)? momentum = null,
        AnnealStrategy strategy = AnnealStrategy.Cosine,
        bool threePhases = false) =>
        new OneCycleSchedule(riseShare, startDivisor, finalDivisor, momentum, strategy, threePhases);

    /// <summary>
    /// Increases the factor linearly from a low value to 1 and decreases it again, repeatedly (Smith 2017): PyTorch's <c>CyclicLR</c>, whose
    /// <c>max_lr</c> is the optimizer's rate. The momentum, or β₁ of Adam, can change in the opposite direction.
    /// </summary>
    /// <param name="low">The low factor, 0 to 1.</param>
    /// <param name="epochsUp">The number of epochs of the increase; positive.</param>
    /// <param name="epochsDown">
    /// The number of epochs of the decrease; positive. Null, the default, for the value of <paramref name="epochsUp"/>.
    /// </param>
    /// <param name="mode">The change of the height from one triangle to the next. Default: <see cref="CyclicMode.Triangular"/>.</param>
    /// <param name="decay">The factor on the height for each epoch with <see cref="CyclicMode.Exponential"/>; positive. Default: 1.</param>
    /// <param name="momentum">The range of the momentum; it is high when the rate is low. Null, the default, uses the optimizer's momentum.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static LearningRateSchedule Cyclic(
        double low,
        double epochsUp,
        double? epochsDown = null,
        CyclicMode mode = CyclicMode.Triangular,
        double decay = 1,
        (double Low, double High)? momentum = null) =>
        new CyclicSchedule(low, epochsUp, epochsDown ?? epochsUp, mode, decay, momentum);

    /// <summary>
    /// Multiplies the rate by a factor when the loss or a metric has stopped improving, as PyTorch's <c>ReduceLROnPlateau</c> does. An epoch is
    /// an improvement if its loss is below <c>best · (1 − threshold)</c>, or its metric is better than the best by the same fraction. After more
    /// than <paramref name="patience"/> consecutive epochs without improvement the rate is multiplied by the factor and the count starts again.
    /// The value is computed from the results of all previous epochs and therefore needs no state.
    /// </summary>
    /// <param name="factor">The factor; more than 0 and less than 1. Default: 0.1.</param>
    /// <param name="patience">The number of consecutive epochs without improvement that are tolerated; not negative. Default: 10.</param>
    /// <param name="threshold">
    /// The smallest change that counts as an improvement: at least 0 and less than 1 if relative; not negative if absolute. Default: 1e-4.
    /// </param>
    /// <param name="minFactor">The lower bound of the total factor, 0 to 1. Default: 0.</param>
    /// <param name="metric">
    /// The name of the metric to watch, for example "accuracy"; it must be among the metrics of the training. Null, the default, for the loss.
    /// </param>
    /// <param name="cooldown">The number of epochs after a reduction that are not counted; not negative. Default: 0.</param>
    /// <param name="thresholdMode">
    /// Whether the threshold is relative to the magnitude of the best value or absolute. Default: <see cref="ThresholdMode.Relative"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static LearningRateSchedule ReduceOnPlateau(
        double factor = 0.1,
        int patience = 10,
        double threshold = 1e-4,
        double minFactor = 0,
        string? metric = null,
        int cooldown = 0,
        ThresholdMode thresholdMode = ThresholdMode.Relative) =>
        new PlateauSchedule(factor, patience, threshold, minFactor, metric, cooldown, thresholdMode);

    /// <summary>
    /// Returns the factor on the learning rate. Implementations return the same value for the same position, and need not be thread-safe.
    /// </summary>
    /// <param name="position">The position in the training.</param>
    /// <returns>The factor: finite and not negative.</returns>
    public abstract double Factor(TrainingPosition position);

    /// <summary>
    /// Returns the momentum, or β₁ of Adam, if the schedule sets it. The default implementation returns null, which uses the optimizer's
    /// momentum.
    /// </summary>
    /// <param name="position">The position in the training.</param>
    public virtual double? Momentum(TrainingPosition position) => null;

    /// <summary>
    /// The names of the metrics that the schedule reads from a position. A training that does not compute one of them throws
    /// <see cref="ArgumentException"/>. The default implementation returns none.
    /// </summary>
    public virtual IEnumerable<string> WatchedMetrics => [];

    /// <summary>Multiplies the factors of this schedule and another one. The first one that sets a momentum determines it.</summary>
    /// <param name="other">The other schedule.</param>
    public LearningRateSchedule Times(LearningRateSchedule other) => new ProductSchedule(this, other ?? throw new ArgumentNullException(nameof(other)));

    /// <summary>Applies this schedule for some epochs, as if they were the whole training, then another one for the remaining epochs.</summary>
    /// <param name="epochs">The number of epochs of the first part; positive.</param>
    /// <param name="next">The schedule of the second part. Its epochs count from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epochs"/> is not positive or not finite.</exception>
    public LearningRateSchedule Then(double epochs, LearningRateSchedule next) =>
        new SequenceSchedule(this, epochs, next ?? throw new ArgumentNullException(nameof(next)));

    /// <summary>Adds a warm-up (Goyal et al. 2017): in the first epochs the rate is multiplied by a factor that increases linearly to 1.</summary>
    /// <param name="epochs">The number of epochs of the warm-up; positive.</param>
    /// <param name="start">
    /// The factor of the first step, 0 to 1, as in PyTorch's <c>LinearLR</c>; with 0 the first step changes nothing. If null, the default, step n
    /// of the N steps of the warm-up, counted from 0, has the factor (n + 1)/N.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public LearningRateSchedule WithWarmUp(double epochs, double? start = null) => new WarmUpSchedule(this, epochs, start);

    /// <summary>
    /// Keeps the value of an epoch's first step for the whole epoch, as PyTorch's schedulers do when <c>step()</c> is called once per epoch.
    /// </summary>
    public LearningRateSchedule PerEpoch() => new PerEpochSchedule(this);

    /// <summary>
    /// Interprets the lengths of this schedule as steps instead of epochs, as PyTorch's schedulers do when <c>step()</c> is called after each
    /// step: <c>Step(1000, 0.5).PerStep()</c> halves the rate every 1,000 steps. Schedules that depend on the results of epochs still do.
    /// </summary>
    public LearningRateSchedule PerStep() => new PerStepSchedule(this);
}

/// <summary>The position of a step in the training.</summary>
/// <param name="Epochs">The number of epochs done, including the fraction of the current one.</param>
/// <param name="TotalEpochs">The number of epochs of the whole training; positive.</param>
public readonly record struct TrainingPosition(double Epochs, double TotalEpochs)
{
    private const double StepTolerance = 1e-6;

    /// <summary>The completed fraction of the training, 0 to 1.</summary>
    public double Fraction => Math.Clamp(Epochs / TotalEpochs, 0, 1);

    /// <summary>The number of steps in an epoch. Default: 1; positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int StepsPerEpoch
    {
        get => field + 1;
        init => field = Guard.Positive(value, nameof(StepsPerEpoch)) - 1;
    }

    /// <summary>The number of steps done.</summary>
    public double Steps => Whole(Epochs * StepsPerEpoch);

    /// <summary>The number of steps of the whole training.</summary>
    public double TotalSteps => Whole(TotalEpochs * StepsPerEpoch);

    /// <summary>The loss after each finished epoch, of the validation samples if there are any, otherwise of the training samples.</summary>
    public IReadOnlyList<double> EpochLosses
    {
        get => field ?? [];
        init;
    }

    /// <summary>
    /// The values of each metric after each finished epoch, by the metric's name, on the same samples as <see cref="EpochLosses"/>. Lower is
    /// better: values of metrics for which higher is better are negated.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> EpochMetrics
    {
        get => field ?? ReadOnlyDictionary<string, IReadOnlyList<double>>.Empty;
        init;
    }
    /// <summary>Rounds to an integer if only rounding errors separate the value from it: 0.1 epochs of 30 steps are 3 steps.</summary>
    private static double Whole(double steps) => Math.Round(steps) is var whole && Math.Abs(steps - whole) <= StepTolerance ? whole : steps;
}
