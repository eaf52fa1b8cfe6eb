namespace NeuralNetFromScratch;

/// <summary>
/// The base class of metrics that are the area under a curve over all thresholds of a class's score: <see cref="RocAuc"/>,
/// <see cref="AveragePrecision"/>. Single-label samples are evaluated one class against the others, with the probabilities as scores; sigmoid
/// outputs are evaluated label by label. Equal scores share a threshold. The value of a class is NaN, and is left out of a mean, if the samples
/// do not determine it; the result is NaN if a score is NaN. The metric stores the score of each class of each sample, or of one class if only
/// that is needed.
/// </summary>
public abstract class RankMetric : ScoreMetric
{
    private protected RankMetric(Settings settings)
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

    /// <inheritdoc/>
    public override bool NeedsProbabilities => true;

    private ClassChoice Choice { get; init; }

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (Choice.Reason(task) is { } reason)
            throw Undefined(task, reason);
        if (task.IsSingleLabel && task.OutputCount < 2)
            throw Undefined(task, "there is only one class");
    }

    /// <summary>The scores of the classes, followed for each class by whether the sample belongs to it.</summary>
    /// <inheritdoc/>
    public override int ScoresPerSample(MetricTask task) => checked(2 * Classes(task));

    /// <inheritdoc/>
    public override void Keep(in MetricBatch batch, Span<float> scores)
    {
        int classes = Classes(batch.Task), first = IsBinary(batch.Task) ? PositiveClass : 0;
        for (int row = 0; row < batch.Rows; row++)
        {
            Span<float> kept = scores.Slice(2 * classes * row, 2 * classes), isOfClass = kept[classes..];
            if (batch.Task.IsMultiLabel)
            {
                // Logits have the same order as their probabilities and do not saturate.
                batch.Outputs.Row(row).CopyTo(kept);
                for (int j = 0; j < classes; j++)
                    isOfClass[j] = batch.Targets[row, j] > 0.5f ? 1 : 0;
                continue;
            }

            batch.Probabilities.Row(row).Slice(first, classes).CopyTo(kept);
            isOfClass.Clear();
            if (batch.ClassOf(row) - first is >= 0 and int place && place < classes)
                isOfClass[place] = 1;
        }
    }

    /// <inheritdoc/>
    public override MetricResult Compute(MetricTask task, ReadOnlySpan<float> scores)
    {
        int classes = Classes(task), samples = scores.Length / (2 * classes);
        if (Choice.For(task) == ClassAveraging.Micro)
        {
            var all = new float[samples * classes];
            var ofClass = new float[samples * classes];
            for (int row = 0; row < samples; row++)
            {
                scores.Slice(2 * classes * row, classes).CopyTo(all.AsSpan(classes * row));
                scores.Slice(2 * classes * row + classes, classes).CopyTo(ofClass.AsSpan(classes * row));
            }

            return new(Area(all, ofClass));
        }

        var (own, isOfClass, figures, counts) = (new float[samples], new float[samples], new double[classes], new double[classes]);
        for (int j = 0; j < classes; j++)
        {
            for (int row = 0; row < samples; row++)
                (own[row], isOfClass[row]) = (scores[2 * classes * row + j], scores[2 * classes * row + classes + j]);
            foreach (float one in isOfClass)
                counts[j] += one;
            figures[j] = Area(own, isOfClass);
            if (Array.Exists(own, float.IsNaN))
                return new(double.NaN) { PerClass = IsBinary(task) ? [] : Enumerable.Repeat(double.NaN, classes).ToArray() };
        }

        return IsBinary(task) ? new(figures[0]) : new(Choice.Combine(task, figures, counts, micro: 0)) { PerClass = figures };
    }

    /// <summary>
    /// Computes the area from the numbers of positive and negative samples that share a score, from the highest score to the lowest.
    /// </summary>
    private protected abstract double Area(ReadOnlySpan<(long Positive, long Negative)> steps, long positives, long negatives);

    private double Area(float[] scores, float[] isOfClass)
    {
        if (Array.Exists(scores, float.IsNaN))
            return double.NaN;
        Array.Sort(scores, isOfClass);
        var steps = new List<(long Positive, long Negative)>();
        (long positives, long negatives) = (0, 0);
        for (int i = scores.Length - 1; i >= 0; i--)
        {
            if (i == scores.Length - 1 || scores[i] != scores[i + 1])
                steps.Add(default);
            (long positive, long negative) = steps[^1];
            steps[^1] = isOfClass[i] == 1 ? (positive + 1, negative) : (positive, negative + 1);
            (positives, negatives) = isOfClass[i] == 1 ? (positives + 1, negatives) : (positives, negatives + 1);
        }

        return Area(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(steps), positives, negatives);
    }

    private bool IsBinary(MetricTask task) => task.IsSingleLabel && Choice.For(task) == ClassAveraging.Binary;

    private int Classes(MetricTask task) => IsBinary(task) ? 1 : task.OutputCount;
}

/// <summary>
/// The area under the receiver operating characteristic (ROC) curve, 0 to 1: the fraction of the pairs of a sample of the class and another
/// sample in which the first has the higher score; equal scores count one half. Random scores give 0.5, a perfect order 1.
/// </summary>
public sealed class RocAuc : RankMetric, IPart<RocAuc>
{
    /// <summary>Creates a ROC AUC metric.</summary>
    /// <param name="averaging">
    /// How the classes' values are combined into one. Null, the default, for binary with two classes or a single sigmoid output, otherwise macro.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="averaging"/> is not defined in the enumeration.</exception>
    public RocAuc(ClassAveraging? averaging = null)
        : this(ClassChoice.Settings(Kind, averaging))
    {
    }

    private RocAuc(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "roc-auc";

    /// <inheritdoc/>
    public static RocAuc Create(Settings settings) => new(settings);

    private protected override double Area(ReadOnlySpan<(long Positive, long Negative)> steps, long positives, long negatives)
    {
        // Twice the number of ordered pairs, an integer.
        UInt128 twice = 0;
        long above = 0;
        foreach ((long positive, long negative) in steps)
        {
            twice += (UInt128)(ulong)negative * (ulong)(2 * above + positive);
            above += positive;
        }

        return positives == 0 || negatives == 0 ? double.NaN : (double)twice / (2.0 * positives * negatives);
    }
}

/// <summary>
/// The area under the precision-recall curve as a sum of steps, 0 to 1: <c>Σₙ (Rₙ − Rₙ₋₁) Pₙ</c> over the thresholds from the highest to the
/// lowest, with the recall R and the precision P of the samples at or above the threshold. Random scores give the fraction of the class.
/// </summary>
public sealed class AveragePrecision : RankMetric, IPart<AveragePrecision>
{
    /// <summary>Creates an average precision metric.</summary>
    /// <param name="averaging">
    /// How the classes' values are combined into one. Null, the default, for binary with two classes or a single sigmoid output, otherwise macro.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="averaging"/> is not defined in the enumeration.</exception>
    public AveragePrecision(ClassAveraging? averaging = null)
        : this(ClassChoice.Settings(Kind, averaging))
    {
    }

    private AveragePrecision(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "average-precision";

    /// <inheritdoc/>
    public static AveragePrecision Create(Settings settings) => new(settings);

    private protected override double Area(ReadOnlySpan<(long Positive, long Negative)> steps, long positives, long negatives)
    {
        double area = 0;
        (long above, long all) = (0, 0);
        foreach ((long positive, long negative) in steps)
        {
            above += positive;
            all += positive + negative;
            area += positive * ((double)above / all);
        }

        return positives == 0 ? double.NaN : area / positives;
    }
}
