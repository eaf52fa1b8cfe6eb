namespace NeuralNetFromScratch;

/// <summary>
/// The mean of <c>−log p</c> with the probability p of what was right: of the sample's class; with dense targets t of a softmax
/// <c>−Σⱼ tⱼ log pⱼ</c>; of sigmoid outputs the mean over the labels of <c>−t log p − (1 − t) log(1 − p)</c>, with
/// <see cref="MetricResult.PerClass"/>. It is computed in double precision from logits where there are any, so that it stays finite where a
/// probability is too small for a float; of given probabilities it is infinite where one was 0 that was right.
/// </summary>
public sealed class LogLoss : SumMetric, IPart<LogLoss>
{
    /// <summary>Log-loss.</summary>
    public LogLoss()
        : this(new Settings(Kind))
    {
    }

    private LogLoss(Settings settings)
        : base(settings)
    {
    }

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
    public override (int Counts, int Sums) Sizes(MetricTask task) => (1, task.IsMultiLabel ? task.Outputs : 1);

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
        return new(each.Average()) { PerClass = task.IsMultiLabel ? each : [] };
    }

    private static double LogOfProbability(ReadOnlySpan<float> outputs, int index, double logSum, MetricBatch batch)
    {
        if (batch.IsActivated && batch.Task.OutputActivation == OutputActivation.Softmax)
            return Math.Log(outputs[index]);
        return outputs[index] - logSum;
    }

    /// <summary><c>log Σ exp z</c> of logits; 0 of logarithms of probabilities.</summary>
    private static double LogSum(MetricBatch batch, ReadOnlySpan<float> outputs)
    {
        if (batch.IsActivated)
            return 0;
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float output in outputs)
            largest = Math.Max(largest, output);
        foreach (float output in outputs)
            sum += Math.Exp(output - largest);
        return largest + Math.Log(sum);
    }

    private static double Binary(float output, float target, bool isProbability)
    {
        double yes = target, no = 1 - yes;
        // What is not asked for costs nothing, even where its logarithm is infinite.
        double logOfYes = yes == 0 ? 0 : isProbability ? Math.Log(output) : -SoftPlus(-output);
        double logOfNo = no == 0 ? 0 : isProbability ? double.LogP1(-output) : -SoftPlus(output);
        return double.IsNaN(output) ? double.NaN : -(yes * logOfYes + no * logOfNo);
    }

    private static double SoftPlus(double value) => Math.Max(value, 0) + double.LogP1(Math.Exp(-Math.Abs(value)));
}
