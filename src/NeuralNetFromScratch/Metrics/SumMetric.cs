using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch;

/// <summary>
/// The base class of metrics whose state is a fixed number of counts and sums. Counts are added exactly in any order. Sums are computed over
/// chunks of 16 samples and added in a binary tree, so that the result has the same bits for any number of threads.
/// </summary>
/// <param name="settings">The kind and settings.</param>
[SuppressMessage("ApiDesign", "RS0022", Justification = "Metrics derive from one of two classes, which the accumulator knows.")]
public abstract class SumMetric(Settings settings) : Metric(settings)
{
    /// <summary>Returns the numbers of counts and sums in the state.</summary>
    /// <param name="task">A task that <see cref="Metric.Check"/> accepts.</param>
    /// <returns>The two numbers, which depend only on the task.</returns>
    public abstract (int Counts, int Sums) Sizes(MetricTask task);

    /// <summary>Adds some samples to the state. Several threads call this method with different states.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="counts">The counts to add to.</param>
    /// <param name="sums">The sums to add to.</param>
    public abstract void Add(in MetricBatch batch, Span<long> counts, Span<double> sums);

    /// <summary>Computes the result over all samples.</summary>
    /// <param name="task">The task.</param>
    /// <param name="counts">The counts of all samples.</param>
    /// <param name="sums">The sums over all samples.</param>
    /// <returns>The result.</returns>
    public abstract MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums);
}

/// <summary>
/// The base class of metrics that store some numbers of each sample, in the order of the samples, for example to compute ranks or a median.
/// </summary>
/// <param name="settings">The kind and settings.</param>
[SuppressMessage("ApiDesign", "RS0022", Justification = "Metrics derive from one of two classes, which the accumulator knows.")]
public abstract class ScoreMetric(Settings settings) : Metric(settings)
{
    /// <summary>Returns how many numbers are stored for each sample.</summary>
    /// <param name="task">A task that <see cref="Metric.Check"/> accepts.</param>
    public abstract int ScoresPerSample(MetricTask task);

    /// <summary>
    /// Stores numbers of some samples. Several threads call this method for different samples. Implementations write every element.
    /// </summary>
    /// <param name="batch">The samples.</param>
    /// <param name="scores">Receives the numbers: [samples of the batch, <see cref="ScoresPerSample"/>].</param>
    public abstract void Keep(in MetricBatch batch, Span<float> scores);

    /// <summary>Computes the result over all samples.</summary>
    /// <param name="task">The task.</param>
    /// <param name="scores">The numbers of all samples: [samples, <see cref="ScoresPerSample"/>].</param>
    /// <returns>The result.</returns>
    public abstract MetricResult Compute(MetricTask task, ReadOnlySpan<float> scores);
}

/// <summary>
/// Sums of chunks, added in a binary tree over the chunks' indices: node i of level l is the sum of chunks i·2^l to (i + 1)·2^l − 1, or of the
/// left half if the right half is missing. Chunks are added in ascending order, and only the largest complete subtrees are stored, at most two
/// for each level. Trees over consecutive ranges of chunks, joined in order, give the same bits as one tree.
/// </summary>
/// <param name="length">The number of sums of a chunk.</param>
internal sealed class SumTree(int length)
{
    private double[] _values = [];
    private (long Start, int Level)[] _nodes = [];

    /// <summary>The number of subtrees so far.</summary>
    public int NodeCount { get; private set; }

    public ReadOnlySpan<(long Start, int Level)> Nodes => _nodes.AsSpan(0, NodeCount);

    /// <summary>The sums of the subtrees, one after another.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, NodeCount * length);

    public void Clear() => NodeCount = 0;

    /// <summary>Returns zeros for the sums of the next chunk, which <see cref="Add"/> adds to the tree.</summary>
    public Span<double> Next()
    {
        if (NodeCount == _nodes.Length)
        {
            int capacity = Math.Max(8, 2 * NodeCount);
            Array.Resize(ref _nodes, capacity);
            Array.Resize(ref _values, checked(capacity * length));
        }

        Span<double> values = _values.AsSpan(NodeCount * length, length);
        values.Clear();
        return values;
    }

    /// <summary>Adds the sums from <see cref="Next"/>.</summary>
    /// <param name="start">The index of the first chunk.</param>
    /// <param name="level">The sums are of 2^level chunks.</param>
    public void Add(long start, int level = 0)
    {
        _nodes[NodeCount++] = (start, level);
        while (NodeCount > 1 && AreHalves(_nodes[NodeCount - 2], _nodes[NodeCount - 1]))
        {
            NodeCount--;
            AddTo(_values.AsSpan((NodeCount - 1) * length, length), _values.AsSpan(NodeCount * length, length));
            _nodes[NodeCount - 1].Level++;
        }
    }

    /// <summary>Adds the chunks of another tree, which follow those of this one.</summary>
    public void Take(SumTree other)
    {
        for (int node = 0; node < other.NodeCount; node++)
        {
            other._values.AsSpan(node * length, length).CopyTo(Next());
            Add(other._nodes[node].Start, other._nodes[node].Level);
        }

        other.Clear();
    }

    /// <summary>Computes the sums over all chunks.</summary>
    public void Total(Span<double> total)
    {
        total.Clear();
        if (NodeCount == 0)
            return;
        _values.AsSpan((NodeCount - 1) * length, length).CopyTo(total);
        for (int node = NodeCount - 2; node >= 0; node--)
            AddTo(total, _values.AsSpan(node * length, length));
    }

    private static bool AreHalves((long Start, int Level) left, (long Start, int Level) right)
    {
        long size = 1L << left.Level;
        return left.Level == right.Level && left.Start + size == right.Start && left.Start % (2 * size) == 0;
    }

    private static void AddTo(Span<double> sums, ReadOnlySpan<double> others)
    {
        for (int i = 0; i < sums.Length; i++)
            sums[i] += others[i];
    }
}

/// <summary>
/// The log loss: the mean of <c>−log p</c> with the probability p of the sample's class; with dense targets t of a softmax <c>−Σⱼ tⱼ log pⱼ</c>;
/// with sigmoid outputs the mean over the labels of <c>−t log p − (1 − t) log(1 − p)</c>, and <see cref="MetricResult.PerClass"/>. It is computed
/// from logits in double precision if there are any, so that it is finite even if a probability underflows. With given probabilities it is
/// infinite if the probability of the right answer is 0, unless <see cref="Clip"/> bounds it.
/// </summary>
public sealed class LogLoss : SumMetric, IPart<LogLoss>
{
    /// <summary>Creates a log loss metric.</summary>
    public LogLoss()
        : this(new Settings(Kind))
    {
    }

    private LogLoss(Settings settings)
        : base(settings)
    {
        Clip = settings.Get("clip", 0.0);
    }

    /// <summary>
    /// The bound ε: each probability p counts as <c>min(max(p, ε), 1 − ε)</c>, divided by the sum over all classes, so that the loss of one answer is
    /// at most slightly above −log ε, as in scikit-learn's <c>log_loss(eps=ε)</c>. Default: 0, which does not clip; at least 0 and less than 0.5.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Clip
    {
        get;
        init
        {
            if (value is not (>= 0 and < 0.5))
                throw Guard.OutOfRange(nameof(Clip), value, "must be at least 0 and less than 0.5");
            Settings = Settings.With("clip", field = value, 0.0);
            (_least, _most) = value == 0 ? (double.NegativeInfinity, double.PositiveInfinity) : (PortableMath.Log(value), PortableMath.LogP1(-value));
        }
    }

    /// <summary>The bounds of the logarithm of a probability.</summary>
    private readonly double _least = double.NegativeInfinity, _most = double.PositiveInfinity;

    /// <inheritdoc/>
    public static string Kind => "log-loss";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public static LogLoss Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (!task.IsMultiLabel && task.OutputActivation is not (OutputActivation.Softmax or OutputActivation.LogSoftmax))
            throw Undefined(task, "the outputs are not probabilities of the targets");
    }

    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task) => (1, task.IsMultiLabel ? task.OutputCount : 1);

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch, Span<long> counts, Span<double> sums)
    {
        counts[0] += batch.Rows;
        for (int row = 0; row < batch.Rows; row++)
        {
            ReadOnlySpan<float> outputs = batch.Outputs.Row(row), targets = batch.Task.HasLabels ? [] : batch.Targets.Row(row);
            if (batch.Task.IsMultiLabel)
            {
                for (int j = 0; j < outputs.Length; j++)
                    sums[j] += Binary(outputs[j], targets[j], batch.IsActivated);
            }
            else if (batch.Task.HasLabels)
            {
                sums[0] -= LogOfProbability(outputs, batch.Labels[row], LogSum(batch, outputs), batch);
            }
            else
            {
                double logSum = LogSum(batch, outputs);
                for (int j = 0; j < outputs.Length; j++)
                    sums[0] -= targets[j] == 0 ? 0 : targets[j] * LogOfProbability(outputs, j, logSum, batch);
            }
        }
    }

    /// <inheritdoc/>
    public override MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums)
    {
        long samples = counts[0];
        double[] each = [.. sums.ToArray().Select(sum => sum / samples)];
        return new(PortableMath.Mean(each)) { PerClass = task.IsMultiLabel ? each : [] };
    }

    private double LogOfProbability(ReadOnlySpan<float> outputs, int index, double logSum, MetricBatch batch)
    {
        if (batch.IsActivated && batch.Task.OutputActivation == OutputActivation.Softmax)
            return Clipped(PortableMath.Log(outputs[index])) - LogOfClippedSum(outputs, logSum, areProbabilities: true);
        return Clipped(outputs[index] - logSum) - LogOfClippedSum(outputs, logSum, areProbabilities: false);
    }

    /// <summary>Computes <c>log Σ exp z</c> of logits; 0 for logarithms of probabilities.</summary>
    private static double LogSum(MetricBatch batch, ReadOnlySpan<float> outputs)
    {
        if (batch.IsActivated)
            return 0;
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float output in outputs)
            largest = Math.Max(largest, output);
        foreach (float output in outputs)
            sum += PortableMath.Exp(output - largest);
        return largest + PortableMath.Log(sum);
    }

    /// <summary>The logarithm of the sum of the clipped probabilities; 0 where none is clipped.</summary>
    private double LogOfClippedSum(ReadOnlySpan<float> outputs, double logSum, bool areProbabilities)
    {
        if (Clip == 0)
            return 0;
        double sum = 0;
        foreach (float output in outputs)
            sum += Math.Min(Math.Max(areProbabilities ? output : PortableMath.Exp(output - logSum), Clip), 1 - Clip);
        return PortableMath.Log(sum);
    }

    /// <summary>Clips a logarithm; NaN stays NaN.</summary>
    private double Clipped(double logarithm) => Math.Min(Math.Max(logarithm, _least), _most);

    private double Binary(float output, float target, bool isProbability)
    {
        double yes = target, no = 1 - yes;
        // An answer of weight 0 contributes nothing, even if its logarithm is infinite.
        double logOfYes = yes == 0 ? 0 : Clipped(isProbability ? PortableMath.Log(output) : -SoftPlus(-output));
        double logOfNo = no == 0 ? 0 : Clipped(isProbability ? PortableMath.LogP1(-output) : -SoftPlus(output));
        return double.IsNaN(output) ? double.NaN : -(yes * logOfYes + no * logOfNo);
    }

    private static double SoftPlus(double value) => Math.Max(value, 0) + PortableMath.LogP1(PortableMath.Exp(-Math.Abs(value)));
}
