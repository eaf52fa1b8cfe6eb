using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Metrics;

/// <summary>The same figures, to the bit, whoever takes which block.</summary>
public class MetricAccumulatorTests
{
    private const int Samples = 1003, Outputs = 5;

    private static readonly float[] Logits = TestValues.Uniform(Samples * Outputs, 1, -3, 3), Targets = TestValues.Uniform(Samples * Outputs, 2, 0, 1);

    private static readonly int[] Classes = TestValues.Labels(Samples, Outputs, 3);

    private static readonly Metric[] OfClasses =
    [
        new Accuracy(), new TopKAccuracy(2), new Precision(), new Recall(), new F1Score(ClassAveraging.Weighted), new RocAuc(), new AveragePrecision(), new LogLoss(),
        new CalibrationError(), new ConfusionMatrixMetric(), new MeanMargin(), new MedianLargest(),
    ];

    private static readonly Metric[] OfNumbers = [new Mae(), new Mse(), new Rmse(), new Mape(), new R2(), new ExplainedVariance(), new MedianLargest()];

    [Test]
    public void The_bits_do_not_depend_on_workers_and_blocks([Values(1, 2, 3, 7)] int workers, [Values(16, 48, 192, 1024)] int blockRows, [Values] bool hasLabels)
    {
        var (task, metrics) = Task(hasLabels);
        double[] expected = Figures(new MetricAccumulator(task, metrics, 1), 1, Samples);
        var accumulator = new MetricAccumulator(task, metrics, workers);
        Assert.That(Figures(accumulator, workers, blockRows), Is.EqualTo(expected));
        Assert.That(Figures(accumulator, workers, blockRows), Is.EqualTo(expected), "used again");
    }

    [Test]
    public void The_bits_do_not_depend_on_when_workers_are_brought_together([Values(2, 3)] int workers)
    {
        var (task, metrics) = Task(hasLabels: true);
        double[] expected = Figures(new MetricAccumulator(task, metrics, 1), 1, Samples);
        var accumulator = new MetricAccumulator(task, metrics, workers);
        accumulator.Reset(Samples);
        // As in a training: blocks one after another, the rows of each divided among the workers.
        for (int block = 0; block < Samples; block += 96)
        {
            for (int worker = 0; worker < workers; worker++)
            {
                var share = Section.Of(Math.Min(96, Samples - block), MetricAccumulator.ChunkRows, worker, workers);
                if (share.Count > 0)
                    Add(accumulator, worker, block + share.Start, share.Count, hasLabels: true);
            }

            accumulator.Merge();
        }

        Assert.That(accumulator.Compute().Select(result => result.Value), Is.EqualTo(expected));
    }

    [Test]
    public void An_evaluation_has_the_same_bits_at_any_number_of_threads([Values(2, 3, 7)] int threads, [Values] bool hasLabels)
    {
        var network = new Sequential([Outputs], 1, new Dense(20, Activation.Tanh), new Dense(Outputs));
        Dataset data = hasLabels ? Dataset.FromArrays(Logits, [Outputs], Classes, Outputs) : Dataset.FromTargets(Logits, [Outputs], Targets, Outputs);
        Loss loss = hasLabels ? new SoftmaxCrossEntropy() : new Huber(0.7f);
        EvaluationResult expected = Evaluate(1), actual = Evaluate(threads);
        Assert.That(actual.Loss, Is.EqualTo(expected.Loss));
        foreach (Metric metric in expected.Metrics)
        {
            Assert.That(actual[metric].Value, Is.EqualTo(expected[metric].Value), metric.Name);
            Assert.That(actual[metric].PerClass, Is.EqualTo(expected[metric].PerClass), metric.Name);
        }

        EvaluationResult Evaluate(int count) =>
            network.Evaluate(data, loss, hasLabels ? OfClasses : OfNumbers, new Engine(count, SimdWidths.Best));
    }

    [Test]
    public void A_warm_accumulator_allocates_nothing()
    {
        // Those that keep scores sort them in the end, in memory of their own.
        var (task, metrics) = Task(hasLabels: true);
        var accumulator = new MetricAccumulator(task, metrics, 1);
        Assert.That(Allocation.Least(() =>
        {
            accumulator.Reset(Samples);
            for (int start = 0; start < Samples; start += 96)
                Add(accumulator, 0, start, Math.Min(96, Samples - start), hasLabels: true);
            accumulator.Merge();
        }), Is.Zero);
    }

    [Test]
    public void Sums_of_chunks_are_added_in_a_binary_tree([Values(1, 2, 3, 7, 8, 21)] int chunks)
    {
        double[] values = [.. TestValues.Uniform(chunks, 4).Select(value => (double)value)];
        var tree = new SumTree(1);
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            tree.Next()[0] = values[chunk];
            tree.Add(chunk);
        }

        var total = new double[1];
        tree.Total(total);
        Assert.That(total[0], Is.EqualTo(Tree(values)));

        static double Tree(ReadOnlySpan<double> part)
        {
            if (part.Length == 1)
                return part[0];
            int half = 1;
            while (2 * half < part.Length)
                half *= 2;
            return Tree(part[..half]) + Tree(part[half..]);
        }
    }

    [Test]
    public void Two_metrics_of_one_name_are_refused() => Assert.That(
        () => new MetricAccumulator(new(OutputActivation.Softmax, 3, true), [new CalibrationError(10), new CalibrationError(15)], 1),
        Throws.ArgumentException.With.Message.Contains("two metrics have the name \"calibration-error\""));

    private static (MetricTask Task, Metric[] Metrics) Task(bool hasLabels) => hasLabels
        ? (new(OutputActivation.Softmax, Outputs, HasLabels: true), OfClasses)
        : (new(OutputActivation.None, Outputs, HasLabels: false), OfNumbers);

    private static double[] Figures(MetricAccumulator accumulator, int workers, int blockRows)
    {
        accumulator.Reset(Samples);
        int blocks = (Samples - 1) / blockRows + 1;
        bool hasLabels = accumulator.Metrics[0] is Accuracy;
        // Backwards, as the last worker may be the first to begin.
        for (int worker = workers - 1; worker >= 0; worker--)
        {
            var share = Section.Of(blocks, 1, worker, workers);
            for (int block = share.Start; block < share.End; block++)
                Add(accumulator, worker, block * blockRows, Math.Min(blockRows, Samples - block * blockRows), hasLabels);
        }

        return [.. accumulator.Compute().Select(result => result.Value)];
    }

    private static void Add(MetricAccumulator accumulator, int worker, int start, int rows, bool hasLabels)
    {
        Span<double> losses = stackalloc double[(rows - 1) / MetricAccumulator.ChunkRows + 1];
        for (int chunk = 0; chunk < losses.Length; chunk++)
            losses[chunk] = Math.Sin(start + chunk * MetricAccumulator.ChunkRows);
        accumulator.Add(
            worker,
            start / MetricAccumulator.ChunkRows,
            start,
            new ReadOnlyMatrixView(Logits.AsSpan(start * Outputs), rows, Outputs),
            hasLabels ? Classes.AsSpan(start, rows) : [],
            hasLabels ? default : new ReadOnlyMatrixView(Targets.AsSpan(start * Outputs), rows, Outputs),
            losses);
    }
}
