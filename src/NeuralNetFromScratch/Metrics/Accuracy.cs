using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// The accuracy: the fraction of the samples that are classified correctly, 0 to 1. A single-label sample is correct if its largest output (the
/// first one, if several are equal) is that of its class, or of its largest dense target. A multi-label sample is correct if every output is on
/// its target's side of the threshold; <see cref="MetricResult.PerClass"/> then has the fraction for each label. NaN is never correct.
/// </summary>
public sealed class Accuracy : SumMetric, IPart<Accuracy>
{
    /// <summary>Creates an accuracy metric.</summary>
    public Accuracy()
        : this(new Settings(Kind))
    {
    }

    private Accuracy(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "accuracy";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public static Accuracy Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (!task.IsSingleLabel && !task.IsMultiLabel)
            throw Undefined(task, "a regression has no correct answers; use a metric such as Mae or R2");
    }

    /// <summary>The number of correct samples, the number of samples, and the number of correct answers for each label.</summary>
    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task) => (task.IsMultiLabel ? 2 + task.OutputCount : 2, 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(in MetricBatch batch, Span<long> counts, Span<double> sums)
    {
        counts[1] += batch.Rows;
        if (batch.Task.IsMultiLabel)
        {
            AddLabels(batch, counts);
            return;
        }

        int correct = 0;
        for (int row = 0; row < batch.Rows; row++)
            correct += batch.ClassOf(row) is >= 0 and int label && Argmax.Is(label, batch.Outputs.Row(row)) ? 1 : 0;
        counts[0] += correct;
    }

    /// <inheritdoc/>
    public override MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums)
    {
        long samples = counts[1];
        return new((double)counts[0] / samples) { PerClass = [.. counts[2..].ToArray().Select(correct => (double)correct / samples)] };
    }

    private static void AddLabels(MetricBatch batch, Span<long> counts)
    {
        for (int row = 0; row < batch.Rows; row++)
        {
            ReadOnlySpan<float> outputs = batch.Outputs.Row(row), targets = batch.Targets.Row(row);
            bool areCorrect = true;
            for (int j = 0; j < outputs.Length; j++)
            {
                bool isCorrect = !float.IsNaN(outputs[j]) && outputs[j] > batch.Threshold == targets[j] > 0.5f;
                counts[2 + j] += isCorrect ? 1 : 0;
                areCorrect &= isCorrect;
            }

            counts[0] += areCorrect ? 1 : 0;
        }
    }
}

/// <summary>
/// The top-k accuracy: the fraction of the samples whose class is among the k classes with the largest outputs, 0 to 1. A class whose output
/// equals the k-th largest counts; NaN never counts. It is defined for single-label samples.
/// </summary>
public sealed class TopKAccuracy : SumMetric, IPart<TopKAccuracy>
{
    /// <summary>Creates a top-k accuracy metric.</summary>
    /// <param name="k">The number of classes to consider; positive, and at most the number of classes. Default: 5.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    public TopKAccuracy(int k = 5)
        : this(new Settings(Kind, new Setting("k", k)))
    {
    }

    private TopKAccuracy(Settings settings)
        : base(settings)
    {
        K = settings.Get<int>("k");
        Guard.Positive(K, "k");
    }

    /// <inheritdoc/>
    public static string Kind => "top-k-accuracy";

    /// <summary>The number of classes to consider.</summary>
    public int K { get; }

    /// <summary>The name, which includes k, for example "top-5-accuracy".</summary>
    public override string Name => FormattableString.Invariant($"top-{K}-accuracy");

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public static TopKAccuracy Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (!task.IsSingleLabel)
            throw Undefined(task, "a sample must belong to exactly one class");
        if (K > task.OutputCount)
            throw Undefined(task, $"there are fewer than {K} classes");
    }

    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task) => (2, 0);

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch, Span<long> counts, Span<double> sums)
    {
        counts[1] += batch.Rows;
        for (int row = 0; row < batch.Rows; row++)
        {
            if (batch.ClassOf(row) is not (>= 0 and int label))
                continue;
            ReadOnlySpan<float> outputs = batch.Outputs.Row(row);
            float own = outputs[label];
            int better = 0;
            foreach (float output in outputs)
                better += output > own ? 1 : 0;
            counts[0] += better < K && !float.IsNaN(own) ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public override MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums) => new((double)counts[0] / counts[1]);
}

/// <summary>The predicted class.</summary>
internal static class Argmax
{
    /// <summary>Returns the index of the largest value, the first one if several are equal; −1 if all values are NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Of(ReadOnlySpan<float> values)
    {
        int best = -1;
        float largest = float.NegativeInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] > largest || (best < 0 && values[i] == largest))
                (best, largest) = (i, values[i]);
        }

        return best;
    }

    /// <summary>Whether <see cref="Of"/> would return this index, computed without a branch that depends on the values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Is(int index, ReadOnlySpan<float> values)
    {
        float chosen = values[index];
        bool isLargest = !float.IsNaN(chosen);
        foreach (float before in values[..index])
            isLargest &= !(before >= chosen);
        foreach (float after in values[(index + 1)..])
            isLargest &= !(after > chosen);
        return isLargest;
    }
}
