namespace NeuralNetFromScratch;

/// <summary>
/// The base class of metrics of the fraction of the targets' variance that the predictions explain: <see cref="R2"/>,
/// <see cref="ExplainedVariance"/>. The value is at most 1, and 0 for a prediction that is always the mean. If all targets are equal, it is 1 for
/// right predictions and 0 otherwise.
/// </summary>
/// <remarks>
/// Targets with a large mean and a small spread lose no digits: a float is split into halves of 12 bits, whose products are exact. Their sums are
/// also exact if the targets have about the same magnitude.
/// </remarks>
public abstract class VarianceMetric : RegressionMetric
{
    private protected VarianceMetric(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <summary>The sum and the sum of squares of the errors; Σh, Σl, Σh², Σhl and Σl² of the targets' halves h and l.</summary>
    private protected sealed override int SumsPerOutput => 7;

    private protected sealed override void Add(double prediction, float target, Span<double> sums)
    {
        double error = target - prediction;
        double high = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(target) & ~0xFFF), low = target - high;
        sums[0] += error;
        sums[1] += error * error;
        sums[2] += high;
        sums[3] += low;
        sums[4] += high * high;
        sums[5] += high * low;
        sums[6] += low * low;
    }

    private protected sealed override double Figure(long samples, ReadOnlySpan<double> sums)
    {
        double total = Covariance(samples, sums[4], sums[2], sums[2]) + 2 * Covariance(samples, sums[5], sums[2], sums[3]) + Covariance(samples, sums[6], sums[3], sums[3]);
        double unexplained = samples * Unexplained(samples, sums[0], sums[1]);
        return total > 0 || double.IsNaN(total) || double.IsNaN(unexplained) ? 1 - unexplained / total : unexplained == 0 ? 1 : 0;
    }

    /// <summary>Computes the sum of squares that the predictions do not explain.</summary>
    private protected abstract double Unexplained(long samples, double errors, double squaredErrors);

    /// <summary>Computes <c>n Σxy − Σx Σy</c>. The two products nearly cancel, so that their rounding errors are added.</summary>
    private static double Covariance(double n, double products, double x, double y)
    {
        double first = n * products, second = x * y;
        return first - second + (Math.FusedMultiplyAdd(n, products, -first) - Math.FusedMultiplyAdd(x, y, -second));
    }
}

/// <summary>The coefficient of determination: <c>R² = 1 − Σᵢ (tᵢ − yᵢ)²/Σᵢ (tᵢ − t̄)²</c> of predictions y and targets t.</summary>
public sealed class R2 : VarianceMetric, IPart<R2>
{
    /// <summary>Creates an R² metric.</summary>
    public R2()
        : this(new Settings(Kind))
    {
    }

    private R2(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "r2";

    /// <inheritdoc/>
    public static R2 Create(Settings settings) => new(settings);

    private protected override double Unexplained(long samples, double errors, double squaredErrors) => squaredErrors;
}

/// <summary>
/// The explained variance: <c>1 − Var(t − y)/Var(t)</c> of predictions y and targets t. Unlike <see cref="R2"/> it ignores a constant error.
/// </summary>
public sealed class ExplainedVariance : VarianceMetric, IPart<ExplainedVariance>
{
    /// <summary>Creates an explained variance metric.</summary>
    public ExplainedVariance()
        : this(new Settings(Kind))
    {
    }

    private ExplainedVariance(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "explained-variance";

    /// <inheritdoc/>
    public static ExplainedVariance Create(Settings settings) => new(settings);

    private protected override double Unexplained(long samples, double errors, double squaredErrors) => squaredErrors - errors * errors / samples;
}
