namespace NeuralNetFromScratch;

/// <summary>
/// The base class of metrics of the difference between predictions and dense targets. <see cref="MetricResult.PerClass"/> has the value of each
/// output, and the result is their mean. Without an output activation, class labels count as one-hot targets. The result is NaN if a prediction
/// is NaN.
/// </summary>
public abstract class RegressionMetric : SumMetric
{
    private protected RegressionMetric(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override bool NeedsProbabilities => true;

    /// <summary>The number of sums for an output.</summary>
    private protected abstract int SumsPerOutput { get; }

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (task.HasLabels && task.OutputActivation != OutputActivation.None)
            throw Undefined(task, "class predictions have no distance from a target; use a metric such as Accuracy or LogLoss");
    }

    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task) => (1, checked(SumsPerOutput * task.OutputCount));

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch, Span<long> counts, Span<double> sums)
    {
        counts[0] += batch.Rows;
        int size = SumsPerOutput;
        for (int row = 0; row < batch.Rows; row++)
        {
            ReadOnlySpan<float> predictions = batch.Probabilities.Row(row), targets = batch.Task.HasLabels ? [] : batch.Targets.Row(row);
            for (int j = 0; j < predictions.Length; j++)
                Add(predictions[j], targets.IsEmpty ? (j == batch.Labels[row] ? 1 : 0) : targets[j], sums.Slice(size * j, size));
        }
    }

    /// <inheritdoc/>
    public override MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums)
    {
        var figures = new double[task.OutputCount];
        for (int j = 0; j < figures.Length; j++)
            figures[j] = Figure(counts[0], sums.Slice(SumsPerOutput * j, SumsPerOutput));
        return new(PortableMath.Mean(figures)) { PerClass = figures };
    }

    private protected abstract void Add(double prediction, float target, Span<double> sums);

    private protected abstract double Figure(long samples, ReadOnlySpan<double> sums);
}

/// <summary>The mean absolute error: <c>(1/n) Σᵢ |yᵢ − tᵢ|</c> of predictions y and targets t.</summary>
public sealed class Mae : RegressionMetric, IPart<Mae>
{
    /// <summary>Creates a mean absolute error metric.</summary>
    public Mae()
        : this(new Settings(Kind))
    {
    }

    private Mae(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "mae";

    private protected override int SumsPerOutput => 1;

    /// <inheritdoc/>
    public static Mae Create(Settings settings) => new(settings);

    private protected override void Add(double prediction, float target, Span<double> sums) => sums[0] += Math.Abs(prediction - target);

    private protected override double Figure(long samples, ReadOnlySpan<double> sums) => sums[0] / samples;
}

/// <summary>The mean squared error: <c>(1/n) Σᵢ (yᵢ − tᵢ)²</c> of predictions y and targets t.</summary>
public sealed class Mse : RegressionMetric, IPart<Mse>
{
    /// <summary>Creates a mean squared error metric.</summary>
    public Mse()
        : this(new Settings(Kind))
    {
    }

    private Mse(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "mse";

    private protected override int SumsPerOutput => 1;

    /// <inheritdoc/>
    public static Mse Create(Settings settings) => new(settings);

    private protected override void Add(double prediction, float target, Span<double> sums) => sums[0] += (prediction - target) * (prediction - target);

    private protected override double Figure(long samples, ReadOnlySpan<double> sums) => sums[0] / samples;
}

/// <summary>The root mean squared error of each output: <c>√((1/n) Σᵢ (yᵢ − tᵢ)²)</c> of predictions y and targets t.</summary>
public sealed class Rmse : RegressionMetric, IPart<Rmse>
{
    /// <summary>Creates a root mean squared error metric.</summary>
    public Rmse()
        : this(new Settings(Kind))
    {
    }

    private Rmse(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "rmse";

    private protected override int SumsPerOutput => 1;

    /// <inheritdoc/>
    public static Rmse Create(Settings settings) => new(settings);

    private protected override void Add(double prediction, float target, Span<double> sums) => sums[0] += (prediction - target) * (prediction - target);

    private protected override double Figure(long samples, ReadOnlySpan<double> sums) => Math.Sqrt(sums[0] / samples);
}

/// <summary>
/// The mean absolute percentage error as a fraction of the targets: <c>(1/n) Σᵢ |yᵢ − tᵢ|/max(|tᵢ|, ε)</c> with ε = 2⁻⁵², as in scikit-learn. 0.1
/// is 10 %. The result is very large if a target is 0.
/// </summary>
public sealed class Mape : RegressionMetric, IPart<Mape>
{
    private const double Epsilon = 1.0 / (1L << 52);

    /// <summary>Creates a mean absolute percentage error metric.</summary>
    public Mape()
        : this(new Settings(Kind))
    {
    }

    private Mape(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "mape";

    private protected override int SumsPerOutput => 1;

    /// <inheritdoc/>
    public static Mape Create(Settings settings) => new(settings);

    private protected override void Add(double prediction, float target, Span<double> sums) =>
        sums[0] += Math.Abs(prediction - target) / Math.Max(Math.Abs((double)target), Epsilon);

    private protected override double Figure(long samples, ReadOnlySpan<double> sums) => sums[0] / samples;
}
