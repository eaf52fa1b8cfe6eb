namespace NeuralNetFromScratch;

/// <summary>
/// How the learning rate changes during a training: a factor on the optimizer's own rate, which depends on the position alone, so that a
/// training that goes on after a pause goes on with the right rate. Derive from this class for a schedule of your own.
/// </summary>
public abstract class LearningRateSchedule
{
    /// <summary>Always the optimizer's rate.</summary>
    public static LearningRateSchedule Constant { get; } = new FormulaSchedule(_ => 1);

    /// <summary>Multiplies the rate by a factor every so many epochs: <c>factor^⌊epochs / interval⌋</c>.</summary>
    /// <param name="interval">Epochs between changes; positive.</param>
    /// <param name="factor">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not positive or not finite.</exception>
    public static LearningRateSchedule Step(int interval, double factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interval);
        CheckPositive(factor, nameof(factor));
        return new FormulaSchedule(position => Math.Pow(factor, Math.Floor(position.Epochs / interval)));
    }

    /// <summary>Multiplies the rate by a factor each epoch, steadily: <c>factor^epochs</c>.</summary>
    /// <param name="factor">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="factor"/> is not positive or not finite.</exception>
    public static LearningRateSchedule Exponential(double factor)
    {
        CheckPositive(factor, nameof(factor));
        return new FormulaSchedule(position => Math.Pow(factor, position.Epochs));
    }

    /// <summary><c>1 / (1 + decay · epochs)</c>.</summary>
    /// <param name="decay">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is not positive or not finite.</exception>
    public static LearningRateSchedule InverseTime(double decay)
    {
        CheckPositive(decay, nameof(decay));
        return new FormulaSchedule(position => 1 / (1 + decay * position.Epochs));
    }

    /// <summary>Half a cosine from 1 down to a final factor (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <param name="final">Factor at the end, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="final"/> is not 0 to 1.</exception>
    public static LearningRateSchedule Cosine(double final = 0)
    {
        CheckFraction(final, nameof(final));
        return new FormulaSchedule(position => Between(1, final, position.Fraction));
    }

    /// <summary>A straight line from 1, kept up to a share of the training, down to a final factor.</summary>
    /// <param name="final">Factor at the end, 0 to 1.</param>
    /// <param name="constantShare">Share of the training before the decline, 0 to less than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule Linear(double final = 0, double constantShare = 0)
    {
        CheckFraction(final, nameof(final));
        if (constantShare is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(constantShare), constantShare, "the share must be 0 to less than 1");
        return new FormulaSchedule(position =>
            1 + (final - 1) * Math.Max(0, (position.Fraction - constantShare) / (1 - constantShare)));
    }

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
        double riseShare = 0.3, double startDivisor = 25, double finalDivisor = 1e4, (double Low, double High)? momentum = null)
    {
        if (momentum is not null and not { Low: >= 0, High: < 1 })
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "the momentum must be at least 0 and less than 1");
        if (riseShare is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(riseShare), riseShare, "the share must be more than 0 and less than 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(startDivisor, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(finalDivisor, 1);
        double start = 1 / startDivisor;
        return new FormulaSchedule(
            position => Cycle(position.Fraction, start, 1, start / finalDivisor),
            momentum is { } range ? position => Cycle(position.Fraction, range.High, range.Low, range.High) : null);

        double Cycle(double fraction, double from, double peak, double to) => fraction < riseShare
            ? Between(from, peak, fraction / riseShare)
            : Between(peak, to, (fraction - riseShare) / (1 - riseShare));
    }

    /// <summary>
    /// Multiplies the rate by a factor whenever the loss has not become better for some epochs, as PyTorch's <c>ReduceLROnPlateau</c>: an
    /// epoch is better whose loss is below <c>best · (1 − threshold)</c>; after more than <paramref name="patience"/> epochs in a row that
    /// are not, the rate falls and the count starts anew. It is computed from the losses so far each time, and so needs no memory.
    /// </summary>
    /// <param name="factor">More than 0 and less than 1.</param>
    /// <param name="patience">Not negative.</param>
    /// <param name="threshold">0 to less than 1.</param>
    /// <param name="lowest">The factor falls no further; 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule ReduceOnPlateau(double factor = 0.1, int patience = 10, double threshold = 1e-4, double lowest = 0)
    {
        if (factor is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "the factor must be more than 0 and less than 1");
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        if (threshold is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "the threshold must be 0 to less than 1");
        CheckFraction(lowest, nameof(lowest));
        return new FormulaSchedule(position =>
        {
            double current = 1, best = double.PositiveInfinity;
            int poor = 0;
            foreach (double loss in position.EpochLosses)
            {
                if (loss < best * (1 - threshold))
                    (best, poor) = (loss, 0);
                else
                    poor++;
                if (poor > patience)
                    (current, poor) = (Math.Max(current * factor, lowest), 0);
            }

            return current;
        });
    }

    /// <summary>The factor on the learning rate.</summary>
    /// <param name="position">How far the training is.</param>
    public abstract double Factor(TrainingPosition position);

    /// <summary>The momentum, or Adam's β₁, if the schedule sets it; null leaves the optimizer's own.</summary>
    /// <param name="position">How far the training is.</param>
    public virtual double? Momentum(TrainingPosition position) => null;

    /// <summary>Both schedules at once: the factors are multiplied; the first that sets a momentum sets it.</summary>
    /// <param name="other">The other schedule.</param>
    public LearningRateSchedule Times(LearningRateSchedule other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new FormulaSchedule(
            position => Factor(position) * other.Factor(position), position => Momentum(position) ?? other.Momentum(position));
    }

    /// <summary>This schedule for some epochs, as if they were the whole training, then another for those that are left.</summary>
    /// <param name="epochs">Length of the first part; positive.</param>
    /// <param name="next">The schedule of the second part, whose epochs count from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epochs"/> is not positive or not finite.</exception>
    public LearningRateSchedule Then(double epochs, LearningRateSchedule next)
    {
        CheckPositive(epochs, nameof(epochs));
        ArgumentNullException.ThrowIfNull(next);
        return new FormulaSchedule(
            position => position.Epochs < epochs ? Factor(First(position)) : next.Factor(Second(position)),
            position => position.Epochs < epochs ? Momentum(First(position)) : next.Momentum(Second(position)));

        TrainingPosition First(TrainingPosition position) => position with { TotalEpochs = epochs };

        TrainingPosition Second(TrainingPosition position) => position with
        {
            Epochs = position.Epochs - epochs,
            TotalEpochs = Math.Max(position.TotalEpochs - epochs, double.Epsilon),
        };
    }

    /// <summary>
    /// The same schedule after a warm-up, in which the rate rises from 0 to it in a straight line (Goyal et al. 2017).
    /// </summary>
    /// <param name="epochs">Length of the warm-up; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epochs"/> is not positive or not finite.</exception>
    public LearningRateSchedule WithWarmUp(double epochs)
    {
        CheckPositive(epochs, nameof(epochs));
        return new FormulaSchedule(position => Factor(position) * Math.Min(1, position.Epochs / epochs), Momentum);
    }

    /// <summary>Half a cosine from one value to another.</summary>
    private static double Between(double from, double to, double share) => to + (from - to) * (1 + Math.Cos(Math.PI * share)) / 2;

    private static void CheckPositive(double value, string name)
    {
        if (!double.IsFinite(value) || value <= 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and positive");
    }

    private static void CheckFraction(double value, string name)
    {
        if (value is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 to 1");
    }

    private sealed class FormulaSchedule(Func<TrainingPosition, double> factor, Func<TrainingPosition, double?>? momentum = null)
        : LearningRateSchedule
    {
        public override double Factor(TrainingPosition position) => factor(position);

        public override double? Momentum(TrainingPosition position) => momentum?.Invoke(position);
    }
}
