namespace NeuralNetFromScratch;

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
