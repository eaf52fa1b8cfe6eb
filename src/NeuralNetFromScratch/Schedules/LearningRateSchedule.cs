using System.Collections.ObjectModel;

namespace NeuralNetFromScratch;

/// <summary>
/// How the learning rate changes during a training: a factor on the optimizer's own rate, which depends on the position alone, so that a
/// training that goes on after a pause goes on with the right rate. Derive from this class for a schedule of your own.
/// </summary>
/// <remarks>
/// Lengths are in epochs, and by default a schedule moves with every step: <c>Exponential(0.9)</c> gives 0.9^2.5 in the middle of the third epoch.
/// <see cref="PerEpoch"/> keeps the value for a whole epoch, as PyTorch's schedulers do where <c>step()</c> is called once an epoch;
/// <see cref="PerStep"/> counts lengths in steps, as they do where it is called after each step. Either way the values are those of PyTorch.
/// </remarks>
/// <param name="settings">Kind and settings.</param>
public abstract class LearningRateSchedule(Settings settings) : Part(settings)
{
    /// <summary>Always the optimizer's rate.</summary>
    public static LearningRateSchedule Constant { get; } = new ConstantSchedule();

    /// <summary>Multiplies the rate by a factor after each interval of epochs: <c>factor^⌊epochs / interval⌋</c>.</summary>
    /// <param name="interval">Epochs between changes; positive.</param>
    /// <param name="factor">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not positive or not finite.</exception>
    public static LearningRateSchedule Step(int interval, double factor) => new StepSchedule(interval, factor);

    /// <summary>Multiplies the rate by a factor each epoch, steadily: <c>factor^epochs</c>.</summary>
    /// <param name="factor">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="factor"/> is not positive or not finite.</exception>
    public static LearningRateSchedule Exponential(double factor) => new ExponentialSchedule(factor);

    /// <summary><c>1 / (1 + decay · epochs)</c>.</summary>
    /// <param name="decay">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is not positive or not finite.</exception>
    public static LearningRateSchedule InverseTime(double decay) => new InverseTimeSchedule(decay);

    /// <summary>Half a cosine from 1 down to a final factor (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <param name="finalFactor">Factor at the end, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="finalFactor"/> is not 0 to 1.</exception>
    public static LearningRateSchedule Cosine(double finalFactor = 0) => new CosineSchedule(finalFactor);

    /// <summary>A straight line from 1, kept up to a share of the training, down to a final factor.</summary>
    /// <param name="finalFactor">Factor at the end, 0 to 1.</param>
    /// <param name="constantShare">Share of the training before the decline, 0 to less than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule Linear(double finalFactor = 0, double constantShare = 0) =>
        new LinearSchedule(finalFactor, constantShare);

    /// <summary>A straight line between two factors over some epochs, then the second one: PyTorch's <c>LinearLR</c>.</summary>
    /// <param name="from">Factor at the start; not negative.</param>
    /// <param name="to">Factor in the end; not negative.</param>
    /// <param name="epochs">Length of the line; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule Ramp(double from = 1.0 / 3, double to = 1, double epochs = 5) => new RampSchedule(from, to, epochs);

    /// <summary>A factor for some epochs, then 1: PyTorch's <c>ConstantLR</c>.</summary>
    /// <param name="factor">The factor; not negative.</param>
    /// <param name="epochs">For how long; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule Hold(double factor = 1.0 / 3, double epochs = 5) => new HoldSchedule(factor, epochs);

    /// <summary>Multiplies the rate by a factor at each of some epochs: PyTorch's <c>MultiStepLR</c>.</summary>
    /// <param name="factor">Positive.</param>
    /// <param name="milestones">Epochs, from 0, in rising order; none is negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range, or the milestones do not rise.</exception>
    public static LearningRateSchedule MultiStep(double factor, params ReadOnlySpan<double> milestones) => new MultiStepSchedule(factor, milestones);

    /// <summary>
    /// <c>f + (1 − f) · (1 − p)^power</c> with the final factor f and the share p of the training that is done: PyTorch's <c>PolynomialLR</c>.
    /// </summary>
    /// <param name="power">Positive; 1 is a straight line.</param>
    /// <param name="finalFactor">Factor at the end, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule Polynomial(double power = 1, double finalFactor = 0) => new PolynomialSchedule(power, finalFactor);

    /// <summary>Half a cosine from 1 to a final factor again and again (Loshchilov and Hutter 2017): PyTorch's <c>CosineAnnealingWarmRestarts</c>.</summary>
    /// <param name="period">Epochs of the first; positive.</param>
    /// <param name="growth">Each is so many times as long as the one before it; at least 1.</param>
    /// <param name="finalFactor">Factor at the end of each, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule CosineRestarts(double period, double growth = 1, double finalFactor = 0) => new RestartSchedule(period, growth, finalFactor);

    /// <summary>
    /// Up from <c>1 / startDivisor</c> to 1 and down to <c>1 / (startDivisor · finalDivisor)</c>: the one-cycle policy (Smith and Topin 2018) as in
    /// PyTorch's <c>OneCycleLR</c>, with its defaults. Of n steps step 0 has the first factor, step <c>riseShare · n − 1</c> has 1 and step n − 1 the last
    /// one. The momentum, or Adam's β₁, can go the other way.
    /// </summary>
    /// <param name="riseShare">Share of the training that goes up, more than 0 and less than 1; at most a half where there are three phases.</param>
    /// <param name="startDivisor">At least 1.</param>
    /// <param name="finalDivisor">At least 1.</param>
    /// <param name="momentum">The range of the momentum, for instance 0.85 to 0.95: high where the rate is low. None: the optimizer's own holds.</param>
    /// <param name="strategy">Half a cosine each way, the default, or straight lines.</param>
    /// <param name="threePhases">
    /// Whether the rate goes down to <c>1 / startDivisor</c> as fast as it went up, and to the last factor in what is left, instead of in one go. Default: false.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule OneCycle(
        double riseShare = 0.3,
        double startDivisor = 25,
        double finalDivisor = 1e4,
        (double Low, double High)? momentum = null,
        AnnealStrategy strategy = AnnealStrategy.Cosine,
        bool threePhases = false) =>
        new OneCycleSchedule(riseShare, startDivisor, finalDivisor, momentum, strategy, threePhases);

    /// <summary>
    /// Up from a low factor to 1 and down again, again and again in straight lines (Smith 2017): PyTorch's <c>CyclicLR</c>, whose <c>max_lr</c> is the
    /// optimizer's rate. The momentum, or Adam's β₁, can go the other way.
    /// </summary>
    /// <param name="low">The low factor, 0 to 1.</param>
    /// <param name="epochsUp">Length of the way up; positive.</param>
    /// <param name="epochsDown">Length of the way down; positive. As long as the way up if null.</param>
    /// <param name="mode">How high the triangles are.</param>
    /// <param name="decay">Factor on the height for each epoch where the mode is <see cref="CyclicMode.Exponential"/>; positive.</param>
    /// <param name="momentum">The range of the momentum: high where the rate is low. None: the optimizer's own holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule Cyclic(
        double low,
        double epochsUp,
        double? epochsDown = null,
        CyclicMode mode = CyclicMode.Triangular,
        double decay = 1,
        (double Low, double High)? momentum = null) =>
        new CyclicSchedule(low, epochsUp, epochsDown ?? epochsUp, mode, decay, momentum);

    /// <summary>
    /// Multiplies the rate by a factor whenever the loss or a metric has not become better for some epochs, as PyTorch's
    /// <c>ReduceLROnPlateau</c>: an epoch is better whose loss is below <c>best · (1 − threshold)</c>, or whose metric is better than the best by
    /// that share; after more than <paramref name="patience"/> epochs in a row that are not, the rate falls and the count starts anew. It is
    /// computed from the figures so far each time, and so needs no memory.
    /// </summary>
    /// <param name="factor">More than 0 and less than 1.</param>
    /// <param name="patience">Not negative.</param>
    /// <param name="threshold">0 to less than 1; where it is absolute, not negative.</param>
    /// <param name="minFactor">The factor falls no further; 0 to 1.</param>
    /// <param name="metric">The name of the metric that is watched, among those of the training: "accuracy". The loss if null.</param>
    /// <param name="cooldown">Epochs after a fall that do not count, however poor; not negative.</param>
    /// <param name="thresholdMode">Whether the threshold is a share of the best figure's magnitude, the default, or an amount.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule ReduceOnPlateau(
        double factor = 0.1,
        int patience = 10,
        double threshold = 1e-4,
        double minFactor = 0,
        string? metric = null,
        int cooldown = 0,
        ThresholdMode thresholdMode = ThresholdMode.Relative) =>
        new PlateauSchedule(factor, patience, threshold, minFactor, metric, cooldown, thresholdMode);

    /// <summary>The factor on the learning rate.</summary>
    /// <param name="position">How far the training is.</param>
    public abstract double Factor(TrainingPosition position);

    /// <summary>The momentum, or Adam's β₁, if the schedule sets it; null leaves the optimizer's own.</summary>
    /// <param name="position">How far the training is.</param>
    public virtual double? Momentum(TrainingPosition position) => null;

    /// <summary>The names of the metrics whose figures the schedule reads from a position; a training without one of them is refused. The default is none.</summary>
    public virtual IEnumerable<string> WatchedMetrics => [];

    /// <summary>Both schedules at once: the factors are multiplied; the first that sets a momentum sets it.</summary>
    /// <param name="other">The other schedule.</param>
    public LearningRateSchedule Times(LearningRateSchedule other) => new ProductSchedule(this, other ?? throw new ArgumentNullException(nameof(other)));

    /// <summary>This schedule for some epochs, as if they were the whole training, then another for those that are left.</summary>
    /// <param name="epochs">Length of the first part; positive.</param>
    /// <param name="next">The schedule of the second part, whose epochs count from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epochs"/> is not positive or not finite.</exception>
    public LearningRateSchedule Then(double epochs, LearningRateSchedule next) =>
        new SequenceSchedule(this, epochs, next ?? throw new ArgumentNullException(nameof(next)));

    /// <summary>
    /// The same schedule with a warm-up (Goyal et al. 2017): in the first epochs its rate is multiplied by a factor that rises to 1 in a straight line.
    /// </summary>
    /// <param name="epochs">Length of the warm-up; positive.</param>
    /// <param name="start">
    /// The factor of the first step, 0 to 1, as in PyTorch's <c>LinearLR</c>: 0 makes a first step that changes nothing. If null, the default, step n of
    /// the N steps of the warm-up, counted from 0, has (n + 1)/N.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public LearningRateSchedule WithWarmUp(double epochs, double? start = null) => new WarmUpSchedule(this, epochs, start);

    /// <summary>The same schedule, with the value of an epoch's first step for the whole epoch, as where PyTorch's <c>step()</c> is called once an epoch.</summary>
    public LearningRateSchedule PerEpoch() => new PerEpochSchedule(this);

    /// <summary>
    /// The same schedule with lengths that count steps instead of epochs, as where PyTorch's <c>step()</c> is called after each step:
    /// <c>Step(1000, 0.5).PerStep()</c> halves the rate every 1,000 steps. What goes by the figures of epochs still does.
    /// </summary>
    public LearningRateSchedule PerStep() => new PerStepSchedule(this);
}

/// <summary>How far a training is when a step begins.</summary>
/// <param name="Epochs">Epochs done, with the fraction of the current one.</param>
/// <param name="TotalEpochs">Epochs that the training will take; positive.</param>
public readonly record struct TrainingPosition(double Epochs, double TotalEpochs)
{
    private const double StepTolerance = 1e-6;

    /// <summary>The share of the training that is done, 0 to 1.</summary>
    public double Fraction => Math.Clamp(Epochs / TotalEpochs, 0, 1);

    /// <summary>Number of steps in an epoch; positive, 1 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int StepsPerEpoch
    {
        get => field + 1;
        init => field = Guard.Positive(value, nameof(StepsPerEpoch)) - 1;
    }

    /// <summary>Steps done.</summary>
    public double Steps => Whole(Epochs * StepsPerEpoch);

    /// <summary>Steps that the training will take.</summary>
    public double TotalSteps => Whole(TotalEpochs * StepsPerEpoch);

    /// <summary>The loss after each finished epoch: on the validation set where there is one, else on the training samples.</summary>
    public IReadOnlyList<double> EpochLosses
    {
        get => field ?? [];
        init;
    }

    /// <summary>
    /// The figures of each metric after each finished epoch, by the metric's name, of the same samples as <see cref="EpochLosses"/>. The lower is the
    /// better: where a metric's higher values are better, they stand here with the opposite sign.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> EpochMetrics
    {
        get => field ?? ReadOnlyDictionary<string, IReadOnlyList<double>>.Empty;
        init;
    }
    /// <summary>A whole number where rounding is all that keeps it from being one: 0.1 epochs of 30 steps are 3.</summary>
    private static double Whole(double steps) => Math.Round(steps) is var whole && Math.Abs(steps - whole) <= StepTolerance ? whole : steps;
}
