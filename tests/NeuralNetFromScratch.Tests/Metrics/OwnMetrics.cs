namespace NeuralNetFromScratch.Tests.Metrics;

/// <summary>A user's metric whose state is a sum: by how much the output of the right class is above the largest other one, in the mean.</summary>
internal sealed class MeanMargin : SumMetric, IPart<MeanMargin>
{
    public MeanMargin(float cap = 10)
        : this(new Settings(Kind, new Setting("cap", cap)))
    {
    }

    private MeanMargin(Settings settings)
        : base(settings) => Cap = settings.Get<float>("cap");

    public static string Kind => "mean-margin";

    public float Cap { get; }

    public override bool HigherIsBetter => true;

    public static MeanMargin Create(Settings settings) => new(settings);

    public override void Check(MetricTask task)
    {
        if (!task.HasLabels || task.OutputCount < 2)
            throw Undefined(task, "there must be class labels and at least two outputs");
    }

    public override (int Counts, int Sums) Sizes(MetricTask task) => (1, 1);

    public override void Add(in MetricBatch batch, Span<long> counts, Span<double> sums)
    {
        counts[0] += batch.Rows;
        for (int row = 0; row < batch.Rows; row++)
        {
            ReadOnlySpan<float> outputs = batch.Outputs.Row(row);
            float other = float.NegativeInfinity;
            for (int j = 0; j < outputs.Length; j++)
                other = j == batch.Labels[row] ? other : Math.Max(other, outputs[j]);
            sums[0] += Math.Min((double)outputs[batch.Labels[row]] - other, Cap);
        }
    }

    public override MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums) => new(sums[0] / counts[0]);
}

/// <summary>A user's metric that keeps scores: the median of the samples' largest predictions.</summary>
internal sealed class MedianLargest() : ScoreMetric(new Settings("median-largest"))
{
    public override bool HigherIsBetter => true;

    public override bool NeedsProbabilities => true;

    public override void Check(MetricTask task)
    {
    }

    public override int ScoresPerSample(MetricTask task) => 1;

    public override void Keep(in MetricBatch batch, Span<float> scores)
    {
        for (int row = 0; row < batch.Rows; row++)
        {
            scores[row] = float.NegativeInfinity;
            foreach (float value in batch.Probabilities.Row(row))
                scores[row] = Math.Max(scores[row], value);
        }
    }

    public override MetricResult Compute(MetricTask task, ReadOnlySpan<float> scores)
    {
        float[] sorted = scores.ToArray();
        Array.Sort(sorted);
        return new(sorted[sorted.Length / 2]);
    }
}
