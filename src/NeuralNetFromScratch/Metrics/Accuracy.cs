using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// The share of the samples that are classified correctly. A sample of a single class is where its largest output, the first of several, is
/// that of its class (with dense targets of a softmax: of its largest target); a sample of several labels where every output is on its
/// target's side, so that <see cref="MetricResult.PerClass"/> has the share of each label. NaN is never correct.
/// </summary>
public sealed class Accuracy : SumMetric, IPart<Accuracy>
{
    /// <summary>Accuracy.</summary>
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
            throw Undefined(task, "a regression has no correct answers; use a metric such as mae or r2");
    }

    /// <summary>Correct samples, samples, and the correct answers of each label.</summary>
    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task) => (task.IsMultiLabel ? 2 + task.Outputs : 2, 0);

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
