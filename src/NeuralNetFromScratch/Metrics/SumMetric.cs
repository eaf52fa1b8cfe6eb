using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch;

/// <summary>
/// A metric whose state is counts and sums, of the same number whatever the number of samples. Counts are added exactly, in any order; sums
/// are taken over chunks of 16 samples, and those added in a binary tree, so that the result has the same bits for any number of threads.
/// </summary>
/// <param name="settings">Kind and settings.</param>
[SuppressMessage("ApiDesign", "RS0022", Justification = "Metrics derive from one of two classes, which the accumulator knows.")]
public abstract class SumMetric(Settings settings) : Metric(settings)
{
    /// <summary>How many counts and how many sums the state has.</summary>
    /// <param name="task">A task that <see cref="Metric.Check"/> accepts.</param>
    public abstract (int Counts, int Sums) Sizes(MetricTask task);

    /// <summary>Adds some samples to the state. Several threads call it at once, each with a state of its own.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="counts">Counts to add to.</param>
    /// <param name="sums">Sums to add to.</param>
    public abstract void Add(in MetricBatch batch, Span<long> counts, Span<double> sums);

    /// <summary>The figure of all samples.</summary>
    /// <param name="task">The task.</param>
    /// <param name="counts">The counts of all samples.</param>
    /// <param name="sums">The sums over all samples.</param>
    public abstract MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums);
}

/// <summary>A metric that keeps some numbers of each sample, in the order of the samples: one that needs their ranks, or a median.</summary>
/// <param name="settings">Kind and settings.</param>
[SuppressMessage("ApiDesign", "RS0022", Justification = "Metrics derive from one of two classes, which the accumulator knows.")]
public abstract class ScoreMetric(Settings settings) : Metric(settings)
{
    /// <summary>How many numbers of a sample are kept.</summary>
    /// <param name="task">A task that <see cref="Metric.Check"/> accepts.</param>
    public abstract int ScoresPerSample(MetricTask task);

    /// <summary>Keeps numbers of some samples. Several threads call it at once.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="scores">Receives the numbers: [samples of the batch, <see cref="ScoresPerSample"/>].</param>
    public abstract void Keep(in MetricBatch batch, Span<float> scores);

    /// <summary>The figure of all samples.</summary>
    /// <param name="task">The task.</param>
    /// <param name="scores">The numbers of all samples: [samples, <see cref="ScoresPerSample"/>].</param>
    public abstract MetricResult Compute(MetricTask task, ReadOnlySpan<float> scores);
}
