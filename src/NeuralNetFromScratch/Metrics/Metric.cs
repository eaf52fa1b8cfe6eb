using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>What a figure is computed about: how outputs become predictions, and what they are compared with.</summary>
/// <param name="OutputActivation">What turns outputs into predictions.</param>
/// <param name="Outputs">Number of outputs of a sample.</param>
/// <param name="HasLabels">Whether samples have class labels; dense targets otherwise, one for each output.</param>
public readonly record struct MetricTask(OutputActivation OutputActivation, int Outputs, bool HasLabels)
{
    /// <summary>Whether a sample belongs to one class of several: class labels, or dense targets of a softmax, whose largest is the class.</summary>
    public bool IsSingleLabel => HasLabels || OutputActivation is OutputActivation.Softmax or OutputActivation.LogSoftmax;

    /// <summary>Whether each output answers a yes-or-no question of its own: dense targets of sigmoid outputs.</summary>
    public bool IsMultiLabel => !HasLabels && OutputActivation == OutputActivation.Sigmoid;

    /// <summary>The task in words, for messages: "dense targets and 3 outputs without an output activation".</summary>
    public override string ToString()
    {
        string activation = OutputActivation switch
        {
            OutputActivation.None => "without an output activation",
            OutputActivation.Softmax => "of a softmax",
            OutputActivation.LogSoftmax => "of a logarithmic softmax",
            _ => "of a sigmoid",
        };
        return $"{(HasLabels ? "class labels" : "dense targets")} and {Outputs} {(Outputs == 1 ? "output" : "outputs")} {activation}";
    }
}

/// <summary>
/// A figure of merit of predictions: accuracy, an F1 score, a mean absolute error. It is computed over any number of samples in one pass,
/// block after block, with the same bits for any number of threads. Metrics of your own derive from <see cref="SumMetric"/>, whose state is
/// counts and sums, or from <see cref="ScoreMetric"/>, which keeps some numbers of each sample. Sample weights do not enter.
/// </summary>
public abstract class Metric : Part
{
    private protected Metric(Settings settings)
        : base(settings)
    {
    }

    /// <summary>The name in results, logs and messages, different from that of every other metric used with it: the kind, unless overridden.</summary>
    public virtual string Name => Settings.Kind;

    /// <summary>Whether a higher value is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>Whether <see cref="MetricBatch.Probabilities"/> are read. They cost nothing where no metric reads them. The default is false.</summary>
    public virtual bool NeedsProbabilities => false;

    /// <summary>Checks that the figure is defined for a task.</summary>
    /// <param name="task">The task.</param>
    /// <exception cref="ArgumentException">It is not defined: the message names metric and task.</exception>
    public abstract void Check(MetricTask task);

    /// <summary>The figure of predictions of a single class.</summary>
    /// <param name="predictions">What <c>Sequential.Predict</c> gives, probabilities; or any scores, where only their order matters: [samples, classes].</param>
    /// <param name="labels">The class of each sample.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no samples, or the figure is not defined for them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not 0 to classes − 1.</exception>
    public MetricResult Evaluate(ReadOnlyMatrixView predictions, ReadOnlySpan<int> labels)
    {
        if (labels.Length != predictions.Rows)
            throw new ArgumentException($"expected {predictions.Rows} labels, one for each row, got {labels.Length}", nameof(labels));
        Labels.ThrowIfOutside(labels, predictions.Columns);
        return Evaluate(new MetricTask(OutputActivation.Softmax, predictions.Columns, HasLabels: true), predictions, labels, default);
    }

    /// <summary>The figure of predictions of dense targets.</summary>
    /// <param name="predictions">What <c>Sequential.Predict</c> gives: [samples, outputs].</param>
    /// <param name="targets">The targets: [samples, outputs].</param>
    /// <param name="outputActivation">
    /// How the predictions came about: numbers as they are, probabilities of independent labels (<see cref="OutputActivation.Sigmoid"/>), or
    /// probabilities of one class each (<see cref="OutputActivation.Softmax"/>).
    /// </param>
    /// <exception cref="ArgumentException">The shapes do not fit, there are no samples, or the figure is not defined for them.</exception>
    public MetricResult Evaluate(ReadOnlyMatrixView predictions, ReadOnlyMatrixView targets, OutputActivation outputActivation = OutputActivation.None)
    {
        if (targets.Rows != predictions.Rows || targets.Columns != predictions.Columns)
            throw new ArgumentException(
                $"expected targets [{predictions.Rows}, {predictions.Columns}], got [{targets.Rows}, {targets.Columns}]", nameof(targets));
        return Evaluate(new MetricTask(outputActivation, predictions.Columns, HasLabels: false), predictions, default, targets);
    }

    /// <summary>An exception that says that the figure is not defined for a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="reason">Why, or what to use instead.</param>
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

/// <summary>A figure and what belongs to it.</summary>
/// <param name="value">The figure.</param>
public class MetricResult(double value)
{
    /// <summary>The figure; NaN where the samples do not determine it.</summary>
    public double Value { get; } = value;

    /// <summary>The figure of each class, label or output by itself; empty where it has no such parts.</summary>
    public IReadOnlyList<double> PerClass { get; init; } = [];

    /// <summary>Which classes were taken for which, where the metric counts that; null elsewhere.</summary>
    public ConfusionMatrix? ConfusionMatrix { get; init; }

    /// <summary>The figure as text, with four digits.</summary>
    public override string ToString() => FigureText.Of(Value);
}

/// <summary>Some samples with the network's outputs, as metrics see them.</summary>
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

    /// <summary>What the outputs mean.</summary>
    public MetricTask Task { get; }

    /// <summary>Number of samples.</summary>
    public int Rows => Outputs.Rows;

    /// <summary>
    /// The outputs of the last layer before the output activation: [rows, outputs]. In <see cref="Metric.Evaluate(ReadOnlyMatrixView, ReadOnlySpan{int})"/>
    /// they are the predictions.
    /// </summary>
    public ReadOnlyMatrixView Outputs { get; }

    /// <summary>
    /// The probabilities, where <see cref="Metric.NeedsProbabilities"/> asks for them, else without rows; the outputs themselves where there is
    /// no output activation: [rows, outputs].
    /// </summary>
    public ReadOnlyMatrixView Probabilities { get; }

    /// <summary>The class of each sample; empty where targets are dense.</summary>
    public ReadOnlySpan<int> Labels { get; }

    /// <summary>The dense targets, [rows, outputs]; without rows where samples have class labels.</summary>
    public ReadOnlyMatrixView Targets { get; }

    /// <summary>The value of <see cref="Outputs"/> above which a yes-or-no question is answered with yes: 0 for logits, 0.5 for probabilities.</summary>
    public float Threshold => _isActivated ? 0.5f : 0;

    /// <summary>Whether the outputs are predictions already.</summary>
    internal bool IsActivated => _isActivated;

    /// <summary>The class of a sample of a single class: its label, or where its largest target stands; −1 where all targets are NaN.</summary>
    internal int ClassOf(int row) => Task.HasLabels ? Labels[row] : Argmax.Of(Targets.Row(row));

    internal MetricBatch Slice(int start, int count) => new(
        Task,
        Outputs.SliceRows(start, count),
        Probabilities.Rows == 0 ? default : Probabilities.SliceRows(start, count),
        Task.HasLabels ? Labels.Slice(start, count) : default,
        Task.HasLabels ? default : Targets.SliceRows(start, count),
        _isActivated);
}

/// <summary>Figures as a person reads them.</summary>
internal static class FigureText
{
    /// <summary>Four decimals; four significant digits where those would not do.</summary>
    public static string Of(double value) => Math.Abs(value) switch
    {
        0 or (>= 0.001 and < 100_000) => value.ToString("F4", CultureInfo.InvariantCulture),
        double.NaN => "NaN",
        double.PositiveInfinity => value > 0 ? "∞" : "−∞",
        _ => value.ToString("0.000e+0", CultureInfo.InvariantCulture),
    };

    /// <summary>A number of samples with separators: 10,000.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>The check that every use of class labels begins with.</summary>
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

    /// <summary>The error for a label that is none of the classes.</summary>
    public static ArgumentOutOfRangeException Outside(int index, int label, int classCount, string? parameter = null) =>
        new(parameter, string.Create(CultureInfo.InvariantCulture, $"the label of sample {index} must be 0 to {classCount - 1}, got {label}"));
}
