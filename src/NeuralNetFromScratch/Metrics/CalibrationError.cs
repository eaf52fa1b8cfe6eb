namespace NeuralNetFromScratch;

/// <summary>
/// The expected calibration error: the difference between confidence and accuracy (Guo et al. 2017). Predictions are divided into n bins of equal
/// width by the highest probability, (0, 1/n], (1/n, 2/n] …, and the differences <c>|accuracy − mean confidence|</c> of the bins are averaged,
/// weighted by their number of samples. With sigmoid outputs each label has its own value, computed with the probability of the predicted answer;
/// the result is their mean. The result is NaN if a probability is NaN.
/// </summary>
public sealed class CalibrationError : SumMetric, IPart<CalibrationError>
{
    /// <summary>Creates an expected calibration error metric.</summary>
    /// <param name="binCount">The number n of bins; positive. Default: 15.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="binCount"/> is not positive.</exception>
    public CalibrationError(int binCount = 15)
        : this(new Settings(Kind, new Setting("binCount", binCount)))
    {
    }

    private CalibrationError(Settings settings)
        : base(settings)
    {
        BinCount = settings.Get<int>("binCount");
        Guard.Positive(BinCount, "binCount");
    }

    /// <inheritdoc/>
    public static string Kind => "calibration-error";

    /// <summary>The number n of bins.</summary>
    public int BinCount { get; }

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override bool NeedsProbabilities => true;

    /// <inheritdoc/>
    public static CalibrationError Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (!task.IsMultiLabel && task.OutputActivation is not (OutputActivation.Softmax or OutputActivation.LogSoftmax))
            throw Undefined(task, "the outputs are not probabilities of the targets");
    }

    /// <summary>
    /// The number of samples; for each bin, and each label if there are several, the number of correct answers and the sum of their confidences.
    /// </summary>
    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task)
    {
        int bins = checked(BinCount * (task.IsMultiLabel ? task.OutputCount : 1));
        return (1 + bins, bins);
    }

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch, Span<long> counts, Span<double> sums)
    {
        counts[0] += batch.Rows;
        Span<long> correct = counts[1..];
        for (int row = 0; row < batch.Rows; row++)
        {
            ReadOnlySpan<float> probabilities = batch.Probabilities.Row(row);
            if (!batch.Task.IsMultiLabel)
            {
                int predicted = Argmax.Of(probabilities);
                Add(0, predicted < 0 ? float.NaN : probabilities[predicted], predicted == batch.ClassOf(row), correct, sums);
                continue;
            }

            for (int label = 0; label < probabilities.Length; label++)
            {
                float probability = probabilities[label];
                bool isYes = probability > 0.5f;
                Add(label * BinCount, isYes ? probability : 1.0 - probability, isYes == batch.Targets[row, label] > 0.5f, correct, sums);
            }
        }
    }

    /// <inheritdoc/>
    public override MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums)
    {
        var each = new double[sums.Length / BinCount];
        for (int bin = 0; bin < sums.Length; bin++)
            each[bin / BinCount] += Math.Abs(counts[1 + bin] - sums[bin]) / counts[0];
        return new(PortableMath.Mean(each)) { PerClass = task.IsMultiLabel ? each : [] };
    }

    private void Add(int first, double confidence, bool isCorrect, Span<long> correct, Span<double> sums)
    {
        // NaN is counted in the first bin, where it makes the sum NaN.
        int bin = first + (double.IsNaN(confidence) ? 0 : Math.Clamp((int)Math.Ceiling(confidence * BinCount) - 1, 0, BinCount - 1));
        correct[bin] += isCorrect ? 1 : 0;
        sums[bin] += confidence;
    }
}
