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

        var accumulator = new MetricAccumulator(task, [this], workers: 1);
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
