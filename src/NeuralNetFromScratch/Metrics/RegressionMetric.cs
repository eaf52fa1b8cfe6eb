namespace NeuralNetFromScratch;

/// <summary>
/// A figure of how far predictions are from dense targets. Each output has its own in <see cref="MetricResult.PerClass"/>, and the figure is
/// their mean. Of outputs without an activation class labels count as one-hot targets. NaN where a prediction is NaN.
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

    /// <summary>How many sums an output has.</summary>
    private protected abstract int SumsPerOutput { get; }

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (task.HasLabels && task.OutputActivation != OutputActivation.None)
            throw Undefined(task, "predictions have no distance from a class; use a metric such as accuracy or log-loss");
    }

    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task) => (1, checked(SumsPerOutput * task.Outputs));

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
        var figures = new double[task.Outputs];
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
    /// <summary>Mean absolute error.</summary>
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
    /// <summary>Mean squared error.</summary>
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

/// <summary>The root of the mean squared error, of each output by itself: <c>√((1/n) Σᵢ (yᵢ − tᵢ)²)</c>.</summary>
public sealed class Rmse : RegressionMetric, IPart<Rmse>
{
    /// <summary>Root mean squared error.</summary>
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
/// The mean absolute error in shares of the targets: <c>(1/n) Σᵢ |yᵢ − tᵢ|/max(|tᵢ|, ε)</c> with ε = 2⁻⁵², as in scikit-learn: 0.1 is 10 %. It
/// is enormous where a target is 0.
/// </summary>
public sealed class Mape : RegressionMetric, IPart<Mape>
{
    private const double Epsilon = 1.0 / (1L << 52);

    /// <summary>Mean absolute percentage error.</summary>
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
