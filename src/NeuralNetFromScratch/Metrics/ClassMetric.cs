namespace NeuralNetFromScratch;

/// <summary>
/// The base class of metrics that are computed for each class from the counts of correct predictions, predictions and samples of the class:
/// <see cref="Precision"/>, <see cref="Recall"/>, <see cref="F1Score"/>. A fraction of zero samples is 0. A sample whose outputs are NaN has no
/// predicted class.
/// </summary>
public abstract class ClassMetric : SumMetric
{
    private protected ClassMetric(Settings settings)
        : base(settings) => Choice = ClassChoice.Read(settings);

    /// <summary>
    /// How the classes' values are combined into one; null for binary with two classes or a single sigmoid output, otherwise macro.
    /// </summary>
    public ClassAveraging? Averaging => Choice.Averaging;

    /// <summary>The class whose value is the result of binary averaging. Default: 1; not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int PositiveClass
    {
        get => Choice.PositiveClass;
        init
        {
            Settings = Settings.With("positiveClass", Guard.NonNegative(value, nameof(PositiveClass)), defaultValue: 1);
            Choice = Choice with { PositiveClass = value };
        }
    }

    /// <inheritdoc/>
    public override string Name => Choice.Name(Settings.Kind);

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    private ClassChoice Choice { get; init; }

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (Choice.Reason(task) is { } reason)
            throw Undefined(task, reason);
    }

    /// <summary>The numbers of correct predictions, predictions, and samples of each class.</summary>
    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task) => (checked(3 * task.OutputCount), 0);

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch, Span<long> counts, Span<double> sums)
    {
        for (int row = 0; row < batch.Rows; row++)
        {
            ReadOnlySpan<float> outputs = batch.Outputs.Row(row);
            if (batch.Task.IsMultiLabel)
            {
                for (int j = 0; j < outputs.Length; j++)
                    Count(counts.Slice(3 * j, 3), outputs[j] > batch.Threshold, batch.Targets[row, j] > 0.5f);
                continue;
            }

            (int actual, int predicted) = (batch.ClassOf(row), Argmax.Of(outputs));
            if (predicted >= 0)
                Count(counts.Slice(3 * predicted, 3), isPredicted: true, predicted == actual);
            if (actual >= 0 && predicted != actual)
                Count(counts.Slice(3 * actual, 3), isPredicted: false, isActual: true);
        }
    }

    /// <inheritdoc/>
    public override MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums)
    {
        var figures = new double[task.OutputCount];
        var samples = new double[task.OutputCount];
        (long correct, long predicted, long actual) = (0, 0, 0);
        for (int j = 0; j < figures.Length; j++)
        {
            figures[j] = Figure(counts[3 * j], counts[3 * j + 1], counts[3 * j + 2]);
            samples[j] = counts[3 * j + 2];
            (correct, predicted, actual) = (correct + counts[3 * j], predicted + counts[3 * j + 1], actual + counts[3 * j + 2]);
        }

        return new(Choice.Combine(task, figures, samples, Figure(correct, predicted, actual))) { PerClass = figures };
    }

    /// <summary>Computes the value of one class.</summary>
    private protected abstract double Figure(long correct, long predicted, long actual);

    private protected static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;

    private static void Count(Span<long> counts, bool isPredicted, bool isActual)
    {
        counts[0] += isPredicted && isActual ? 1 : 0;
        counts[1] += isPredicted ? 1 : 0;
        counts[2] += isActual ? 1 : 0;
    }
}

/// <summary>Precision: the fraction of the samples predicted as a class that belong to it, <c>TP/(TP + FP)</c>, 0 to 1.</summary>
public sealed class Precision : ClassMetric, IPart<Precision>
{
    /// <summary>Creates a precision metric.</summary>
    /// <param name="averaging">
    /// How the classes' values are combined into one. Null, the default, for binary with two classes or a single sigmoid output, otherwise macro.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="averaging"/> is not defined in the enumeration.</exception>
    public Precision(ClassAveraging? averaging = null)
        : this(ClassChoice.Settings(Kind, averaging))
    {
    }

    private Precision(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "precision";

    /// <inheritdoc/>
    public static Precision Create(Settings settings) => new(settings);

    private protected override double Figure(long correct, long predicted, long actual) => Ratio(correct, predicted);
}

/// <summary>Recall: the fraction of the samples of a class that are predicted as it, <c>TP/(TP + FN)</c>, 0 to 1.</summary>
public sealed class Recall : ClassMetric, IPart<Recall>
{
    /// <summary>Creates a recall metric.</summary>
    /// <param name="averaging">
    /// How the classes' values are combined into one. Null, the default, for binary with two classes or a single sigmoid output, otherwise macro.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="averaging"/> is not defined in the enumeration.</exception>
    public Recall(ClassAveraging? averaging = null)
        : this(ClassChoice.Settings(Kind, averaging))
    {
    }

    private Recall(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "recall";

    /// <inheritdoc/>
    public static Recall Create(Settings settings) => new(settings);

    private protected override double Figure(long correct, long predicted, long actual) => Ratio(correct, actual);
}

/// <summary>The F1 score: the harmonic mean of precision and recall, <c>2 TP/(2 TP + FP + FN)</c>, 0 to 1.</summary>
public sealed class F1Score : ClassMetric, IPart<F1Score>
{
    /// <summary>Creates an F1 score metric.</summary>
    /// <param name="averaging">
    /// How the classes' values are combined into one. Null, the default, for binary with two classes or a single sigmoid output, otherwise macro.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="averaging"/> is not defined in the enumeration.</exception>
    public F1Score(ClassAveraging? averaging = null)
        : this(ClassChoice.Settings(Kind, averaging))
    {
    }

    private F1Score(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "f1";

    /// <inheritdoc/>
    public static F1Score Create(Settings settings) => new(settings);

    private protected override double Figure(long correct, long predicted, long actual) => Ratio(2.0 * correct, predicted + actual);
}
