using System.Collections.ObjectModel;

namespace NeuralNetFromScratch;

/// <summary>
/// How the learning rate changes during a training: a factor on the optimizer's own rate, which depends on the position alone, so that a
/// training that goes on after a pause goes on with the right rate. Derive from this class for a schedule of your own.
/// </summary>
/// <param name="settings">Kind and settings.</param>
public abstract class LearningRateSchedule(Settings settings) : Part(settings)
{
    /// <summary>Always the optimizer's rate.</summary>
    public static LearningRateSchedule Constant { get; } = new ConstantSchedule();

    /// <summary>Multiplies the rate by a factor every so many epochs: <c>factor^⌊epochs / interval⌋</c>.</summary>
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

    /// <summary>
    /// Up from <c>1 / startDivisor</c> to 1 and down to <c>1 / (startDivisor · finalDivisor)</c>, both on half a cosine: the one-cycle policy
    /// (Smith and Topin 2018) with the defaults of PyTorch's <c>OneCycleLR</c>. The momentum, or Adam's β₁, can go the other way.
    /// </summary>
    /// <param name="riseShare">Share of the training that goes up, more than 0 and less than 1.</param>
    /// <param name="startDivisor">At least 1.</param>
    /// <param name="finalDivisor">At least 1.</param>
    /// <param name="momentum">The range of the momentum, for instance 0.85 to 0.95: high where the rate is low. None: the optimizer's own holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule OneCycle(
        double riseShare = 0.3, double startDivisor = 25, double finalDivisor = 1e4, (double Low, double High)? momentum = null) =>
        new OneCycleSchedule(riseShare, startDivisor, finalDivisor, momentum);

    /// <summary>
    /// Multiplies the rate by a factor whenever the loss or a metric has not become better for some epochs, as PyTorch's
    /// <c>ReduceLROnPlateau</c>: an epoch is better whose loss is below <c>best · (1 − threshold)</c>, or whose metric is better than the best by
    /// that share; after more than <paramref name="patience"/> epochs in a row that are not, the rate falls and the count starts anew. It is
    /// computed from the figures so far each time, and so needs no memory.
    /// </summary>
    /// <param name="factor">More than 0 and less than 1.</param>
    /// <param name="patience">Not negative.</param>
    /// <param name="threshold">0 to less than 1.</param>
    /// <param name="minFactor">The factor falls no further; 0 to 1.</param>
    /// <param name="metric">The name of the metric that is watched, among those of the training: "accuracy". The loss if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule ReduceOnPlateau(
        double factor = 0.1, int patience = 10, double threshold = 1e-4, double minFactor = 0, string? metric = null) =>
        new PlateauSchedule(factor, patience, threshold, minFactor, metric);

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
    /// The same schedule after a warm-up, in which the rate rises from 0 to it in a straight line (Goyal et al. 2017).
    /// </summary>
    /// <param name="epochs">Length of the warm-up; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epochs"/> is not positive or not finite.</exception>
    public LearningRateSchedule WithWarmUp(double epochs) => new WarmUpSchedule(this, epochs);
}

/// <summary>How far a training is when a step begins.</summary>
/// <param name="Epochs">Epochs done, with the fraction of the current one.</param>
/// <param name="TotalEpochs">Epochs that the training will take; positive.</param>
public readonly record struct TrainingPosition(double Epochs, double TotalEpochs)
{
    /// <summary>The share of the training that is done, 0 to 1.</summary>
    public double Fraction => Math.Clamp(Epochs / TotalEpochs, 0, 1);

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
}
