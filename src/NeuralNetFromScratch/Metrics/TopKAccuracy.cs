namespace NeuralNetFromScratch;

/// <summary>
/// The share of the samples whose class is among the k with the largest outputs; a class that ties with the k-th counts. NaN is never among
/// them. It is defined for samples of a single class.
/// </summary>
public sealed class TopKAccuracy : SumMetric, IPart<TopKAccuracy>
{
    /// <summary>Top-k accuracy.</summary>
    /// <param name="k">How many classes are looked at; positive, at most the number of classes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    public TopKAccuracy(int k = 5)
        : this(new Settings(Kind, new Setting("k", k)))
    {
    }

    private TopKAccuracy(Settings settings)
        : base(settings)
    {
        K = settings.Get<int>("k");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(K, "k");
    }

    /// <inheritdoc/>
    public static string Kind => "top-k-accuracy";

    /// <summary>How many classes are looked at.</summary>
    public int K { get; }

    /// <summary>The name with k: "top-5-accuracy".</summary>
    public override string Name => FormattableString.Invariant($"top-{K}-accuracy");

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public static TopKAccuracy Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (!task.IsSingleLabel)
            throw Undefined(task, "a sample must belong to one class");
        if (K > task.Outputs)
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
