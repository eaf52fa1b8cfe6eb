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
    /// (Smith and Topin 2018) with the defaults of PyTorch's <c>OneCycleLR</c>.
    /// </summary>
    /// <param name="riseShare">Share of the training that goes up, more than 0 and less than 1.</param>
    /// <param name="startDivisor">At least 1.</param>
    /// <param name="finalDivisor">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public static LearningRateSchedule OneCycle(double riseShare = 0.3, double startDivisor = 25, double finalDivisor = 1e4)
    {
        if (riseShare is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(riseShare), riseShare, "the share must be more than 0 and less than 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(startDivisor, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(finalDivisor, 1);
        double start = 1 / startDivisor;
        return new FormulaSchedule(position => position.Fraction < riseShare
            ? Between(start, 1, position.Fraction / riseShare)
            : Between(1, start / finalDivisor, (position.Fraction - riseShare) / (1 - riseShare)));
    }

    /// <summary>The factor on the learning rate.</summary>
    /// <param name="position">How far the training is.</param>
    public abstract double Factor(TrainingPosition position);

    /// <summary>
    /// The same schedule after a warm-up, in which the rate rises from 0 to it in a straight line (Goyal et al. 2017).
    /// </summary>
    /// <param name="epochs">Length of the warm-up; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epochs"/> is not positive or not finite.</exception>
    public LearningRateSchedule WithWarmUp(double epochs)
    {
        CheckPositive(epochs, nameof(epochs));
        return new FormulaSchedule(position => Factor(position) * Math.Min(1, position.Epochs / epochs));
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

    private sealed class FormulaSchedule(Func<TrainingPosition, double> formula) : LearningRateSchedule
    {
        public override double Factor(TrainingPosition position) => formula(position);
    }
}
