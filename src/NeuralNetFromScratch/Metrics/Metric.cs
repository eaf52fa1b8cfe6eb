using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>The task for which a metric is computed: how outputs become predictions, and what they are compared with.</summary>
/// <param name="OutputActivation">The function that converts outputs to predictions.</param>
/// <param name="OutputCount">The number of outputs of a sample.</param>
/// <param name="HasLabels">Whether the samples have class labels; otherwise they have one dense target for each output.</param>
public readonly record struct MetricTask(OutputActivation OutputActivation, int OutputCount, bool HasLabels)
{
    /// <summary>
    /// Whether a sample belongs to exactly one of several classes: class labels, or dense targets of a softmax, whose largest value is the class.
    /// </summary>
    public bool IsSingleLabel => HasLabels || OutputActivation is OutputActivation.Softmax or OutputActivation.LogSoftmax;

    /// <summary>Whether each output is an independent yes-or-no answer: dense targets of sigmoid outputs.</summary>
    public bool IsMultiLabel => !HasLabels && OutputActivation == OutputActivation.Sigmoid;

    /// <summary>Returns the task as text for messages, for example "dense targets and 3 outputs without an output activation".</summary>
    public override string ToString()
    {
        string activation = OutputActivation switch
        {
            OutputActivation.None => "without an output activation",
            OutputActivation.Softmax => "of a softmax",
            OutputActivation.LogSoftmax => "of a logarithmic softmax",
            _ => "of a sigmoid",
        };
        return $"{(HasLabels ? "class labels" : "dense targets")} and {OutputCount} {(OutputCount == 1 ? "output" : "outputs")} {activation}";
    }
}

/// <summary>
/// The base class of metrics, for example accuracy, F1 score or mean absolute error. A metric is computed over any number of samples in one pass,
/// block by block, with the same bits for any number of threads. A user's metric derives from <see cref="SumMetric"/>, whose state is counts and
/// sums, or from <see cref="ScoreMetric"/>, which stores some numbers of each sample. Sample weights are ignored.
/// </summary>
public abstract class Metric : Part
{
    private protected Metric(Settings settings)
        : base(settings)
    {
    }

    /// <summary>
    /// The name in results, logs and messages. It must differ from that of every other metric used together with it. Default: the kind.
    /// </summary>
    public virtual string Name => Settings.Kind;

    /// <summary>Whether a higher value is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>
    /// Whether the metric reads <see cref="MetricBatch.Probabilities"/>, which are computed only if a metric reads them. The default
    /// implementation returns false.
    /// </summary>
    public virtual bool NeedsProbabilities => false;

    /// <summary>Checks that the metric is defined for a task.</summary>
    /// <param name="task">The task.</param>
    /// <exception cref="ArgumentException">
    /// The metric is not defined for the task. Implementations throw the exception from <see cref="Undefined"/>.
    /// </exception>
    public abstract void Check(MetricTask task);

    /// <summary>Computes the metric for single-label predictions.</summary>
    /// <param name="predictions">
    /// The probabilities from <c>Sequential.Predict</c>, or any scores if only their order matters: [samples, classes].
    /// </param>
    /// <param name="labels">The class of each sample: [samples].</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The lengths do not match, there are no samples, or the metric is not defined for them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not between 0 and the number of classes − 1.</exception>
    public MetricResult Evaluate(ReadOnlyMatrixView predictions, ReadOnlySpan<int> labels)
    {
        if (labels.Length != predictions.Rows)
            throw new ArgumentException($"expected {predictions.Rows} labels, one for each row, got {labels.Length}", nameof(labels));
        Labels.ThrowIfOutside(labels, predictions.Columns);
        return Evaluate(new MetricTask(OutputActivation.Softmax, predictions.Columns, HasLabels: true), predictions, labels, default);
    }

    /// <summary>Computes the metric for predictions of dense targets.</summary>
    /// <param name="predictions">The predictions from <c>Sequential.Predict</c>: [samples, outputs].</param>
    /// <param name="targets">The targets: [samples, outputs].</param>
    /// <param name="outputActivation">
    /// The meaning of the predictions: numbers (<see cref="OutputActivation.None"/>, the default), probabilities of independent labels
    /// (<see cref="OutputActivation.Sigmoid"/>), or probabilities of exclusive classes (<see cref="OutputActivation.Softmax"/>).
    /// </param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The shapes do not match, there are no samples, or the metric is not defined for them.</exception>
    public MetricResult Evaluate(ReadOnlyMatrixView predictions, ReadOnlyMatrixView targets, OutputActivation outputActivation = OutputActivation.None)
    {
        if (targets.Rows != predictions.Rows || targets.Columns != predictions.Columns)
            throw new ArgumentException(
                $"expected targets [{predictions.Rows}, {predictions.Columns}], got [{targets.Rows}, {targets.Columns}]", nameof(targets));
        return Evaluate(new MetricTask(outputActivation, predictions.Columns, HasLabels: false), predictions, default, targets);
    }

    /// <summary>Creates an exception with the message that the metric is not defined for a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="reason">The reason, or what to use instead.</param>
    protected ArgumentException Undefined(MetricTask task, string reason) => new($"{Name} is not defined for {task}: {reason}", nameof(task));

    private MetricResult Evaluate(MetricTask task, ReadOnlyMatrixView predictions, ReadOnlySpan<int> labels, ReadOnlyMatrixView targets)
    {
        if (predictions.Rows == 0)
            throw new ArgumentException("there are no samples", nameof(predictions));
        ReadOnlyMatrixView outputs = WithWholeRows(predictions), probabilities = outputs;
        if (task.OutputActivation == OutputActivation.LogSoftmax && NeedsProbabilities)
        {
            float[] values = outputs.ToArray();
            OutputActivation.Softmax.Apply(values, outputs.Columns);
            probabilities = new(values, outputs.Rows, outputs.Columns);
        }

        var accumulator = new MetricAccumulator(task, [this], workers: 1, ignored: null);
        accumulator.Reset(outputs.Rows);
        accumulator.Add(0, 0, 0, new MetricBatch(task, outputs, probabilities, labels, labels.IsEmpty ? WithWholeRows(targets) : default, isActivated: true), []);
        return accumulator.Compute()[0];
    }

    private static ReadOnlyMatrixView WithWholeRows(ReadOnlyMatrixView view) => view.ColumnStride == 1 ? view : new(view.ToArray(), view.Rows, view.Columns);
}

/// <summary>The result of a metric.</summary>
/// <param name="value">The value.</param>
public class MetricResult(double value)
{
    /// <summary>The value; NaN if the samples do not determine it.</summary>
    public double Value { get; } = value;

    /// <summary>The value of each class, label or output; empty if the metric has no such values.</summary>
    public IReadOnlyList<double> PerClass { get; init; } = [];

    /// <summary>The confusion matrix, if the metric computes one; otherwise null.</summary>
    public ConfusionMatrix? ConfusionMatrix { get; init; }

    /// <summary>Returns the value with four digits.</summary>
    public override string ToString() => FigureText.Of(Value);
}

/// <summary>Some samples with the network's outputs, as metrics receive them.</summary>
public readonly ref struct MetricBatch
{
    private readonly bool _isActivated;

    internal MetricBatch(
        MetricTask task, ReadOnlyMatrixView outputs, ReadOnlyMatrixView probabilities, ReadOnlySpan<int> labels, ReadOnlyMatrixView targets, bool isActivated)
    {
        Task = task;
        Outputs = outputs;
        Probabilities = probabilities;
        Labels = labels;
        Targets = targets;
        _isActivated = isActivated;
    }

    /// <summary>The meaning of the outputs and targets.</summary>
    public MetricTask Task { get; }

    /// <summary>The number of samples.</summary>
    public int Rows => Outputs.Rows;

    /// <summary>
    /// The outputs of the last layer before the output activation: [rows, outputs]. In <see cref="Metric.Evaluate(ReadOnlyMatrixView, ReadOnlySpan{int})"/>
    /// they are the predictions.
    /// </summary>
    public ReadOnlyMatrixView Outputs { get; }

    /// <summary>
    /// The probabilities: [rows, outputs]; the outputs themselves if there is no output activation. Without rows unless
    /// <see cref="Metric.NeedsProbabilities"/> is true.
    /// </summary>
    public ReadOnlyMatrixView Probabilities { get; }

    /// <summary>The class of each sample: [rows]; empty if the targets are dense.</summary>
    public ReadOnlySpan<int> Labels { get; }

    /// <summary>The dense targets: [rows, outputs]; without rows if the samples have class labels.</summary>
    public ReadOnlyMatrixView Targets { get; }

    /// <summary>The value of <see cref="Outputs"/> above which an answer is yes: 0 for logits, 0.5 for probabilities.</summary>
    public float Threshold => _isActivated ? 0.5f : 0;

    /// <summary>Whether the outputs are predictions already.</summary>
    internal bool IsActivated => _isActivated;

    /// <summary>Returns the class of a single-label sample: its label, or the index of its largest target; −1 if all targets are NaN.</summary>
    internal int ClassOf(int row) => Task.HasLabels ? Labels[row] : Argmax.Of(Targets.Row(row));

    internal MetricBatch Slice(int start, int count) => new(
        Task,
        Outputs.SliceRows(start, count),
        Probabilities.Rows == 0 ? default : Probabilities.SliceRows(start, count),
        Task.HasLabels ? Labels.Slice(start, count) : default,
        Task.HasLabels ? default : Targets.SliceRows(start, count),
        _isActivated);
}

/// <summary>Formats values of metrics.</summary>
internal static class FigureText
{
    /// <summary>Returns four decimals, or four significant digits for very large or small values.</summary>
    public static string Of(double value) => Math.Abs(value) switch
    {
        0 or (>= 0.001 and < 100_000) => value.ToString("F4", CultureInfo.InvariantCulture),
        double.NaN => "NaN",
        double.PositiveInfinity => value > 0 ? "∞" : "−∞",
        _ => value.ToString("0.000e+0", CultureInfo.InvariantCulture),
    };

    /// <summary>Returns a number of samples with thousands separators, for example 10,000.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>Checks class labels.</summary>
internal static class Labels
{
    /// <param name="labels">The labels.</param>
    /// <param name="classCount">Labels are 0 to this, exclusive.</param>
    /// <param name="ignored">What a label may be besides; null for nothing.</param>
    public static void ThrowIfOutside(ReadOnlySpan<int> labels, int classCount, int? ignored = null)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classCount && labels[i] != ignored)
                throw Outside(i, labels[i], classCount, nameof(labels));
        }
    }

    /// <summary>Creates the exception for a label that is out of range.</summary>
    public static ArgumentOutOfRangeException Outside(int index, int label, int classCount, string? parameter = null) =>
        new(parameter, string.Create(CultureInfo.InvariantCulture, $"the label of sample {index} must be 0 to {classCount - 1}, got {label}"));
}
