namespace NeuralNetFromScratch;

/// <summary>
/// Counts which classes were taken for which: <see cref="MetricResult.ConfusionMatrix"/>. Its figure is the accuracy. A single sigmoid output
/// has two classes, no and yes. The state grows with the square of the number of classes.
/// </summary>
public sealed class ConfusionMatrixMetric : SumMetric, IPart<ConfusionMatrixMetric>
{
    /// <summary>A confusion matrix.</summary>
    public ConfusionMatrixMetric()
        : this(new Settings(Kind))
    {
    }

    private ConfusionMatrixMetric(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "confusion-matrix";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public static ConfusionMatrixMetric Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (!task.IsSingleLabel && !(task.IsMultiLabel && task.Outputs == 1))
            throw Undefined(task, task.IsMultiLabel ? "labels do not exclude each other" : "a regression has no classes");
        if ((long)task.Outputs * (task.Outputs + 1) > Array.MaxLength)
            throw Undefined(task, "a matrix of so many classes does not fit in memory");
    }

    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task) => (Classes(task) * (Classes(task) + 1), 0);

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch, Span<long> counts, Span<double> sums)
    {
        int classes = Classes(batch.Task);
        for (int row = 0; row < batch.Rows; row++)
        {
            (int actual, int predicted) = (batch.ClassOf(row), Argmax.Of(batch.Outputs.Row(row)));
            if (batch.Task.IsMultiLabel)
            {
                float output = batch.Outputs[row, 0];
                (actual, predicted) = (batch.Targets[row, 0] > 0.5f ? 1 : 0, float.IsNaN(output) ? -1 : output > batch.Threshold ? 1 : 0);
            }

            // Targets that are all NaN are of no class.
            if (actual >= 0)
                counts[actual * (classes + 1) + (predicted < 0 ? classes : predicted)]++;
        }
    }

    /// <inheritdoc/>
    public override MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums)
    {
        var matrix = ConfusionMatrix.FromCounts(counts, Classes(task));
        return new(matrix.Accuracy) { ConfusionMatrix = matrix };
    }

    private static int Classes(MetricTask task) => task.IsMultiLabel ? 2 : task.Outputs;
}
