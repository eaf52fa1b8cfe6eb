namespace NeuralNetFromScratch;

/// <summary>Figures of merit that need more than the predicted class. All are computed in double precision.</summary>
public static class ClassificationMetrics
{
    /// <summary>Share of the samples whose class is among the k with the highest scores; a class that ties with the k-th counts.</summary>
    /// <param name="scores">Probabilities or logits: [samples, classes].</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="k">How many; 1 to the number of classes.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are no samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class, or k lies outside its range.</exception>
    public static double TopKAccuracy(ReadOnlyMatrixView scores, ReadOnlySpan<int> labels, int k)
    {
        Check(scores, labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, scores.Columns);
        int correct = 0;
        for (int row = 0; row < scores.Rows; row++)
        {
            int better = 0;
            float own = scores[row, labels[row]];
            for (int j = 0; j < scores.Columns; j++)
                better += scores[row, j] > own ? 1 : 0;
            correct += better < k && !float.IsNaN(own) ? 1 : 0;
        }

        return (double)correct / scores.Rows;
    }

    /// <summary>The mean of <c>−log p</c> with the probability p of each sample's class; infinite where one was held impossible.</summary>
    /// <param name="probabilities">[samples, classes].</param>
    /// <param name="labels">The class of each sample.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are no samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public static double LogLoss(ReadOnlyMatrixView probabilities, ReadOnlySpan<int> labels)
    {
        Check(probabilities, labels);
        double sum = 0;
        for (int row = 0; row < probabilities.Rows; row++)
            sum -= Math.Log(probabilities[row, labels[row]]);
        return sum / probabilities.Rows;
    }

    /// <summary>
    /// How far confidence and accuracy are apart (Guo et al. 2017): samples are sorted by their highest probability into bins of equal
    /// width, (0, 1/n], (1/n, 2/n] …, and the gaps <c>|accuracy − mean confidence|</c> are averaged, each bin counting as often as it has samples.
    /// </summary>
    /// <param name="probabilities">[samples, classes].</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="bins">n; positive.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are no samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class, or no bin.</exception>
    public static double ExpectedCalibrationError(ReadOnlyMatrixView probabilities, ReadOnlySpan<int> labels, int bins = 15)
    {
        Check(probabilities, labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        double[] gaps = new double[bins];
        for (int row = 0; row < probabilities.Rows; row++)
        {
            int predicted = 0;
            for (int j = 1; j < probabilities.Columns; j++)
                predicted = probabilities[row, j] > probabilities[row, predicted] ? j : predicted;
            double confidence = probabilities[row, predicted];
            if (double.IsNaN(confidence))
                return double.NaN;
            int bin = Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);
            gaps[bin] += (predicted == labels[row] ? 1 : 0) - confidence;
        }

        return gaps.Sum(Math.Abs) / probabilities.Rows;
    }

    private static void Check(ReadOnlyMatrixView scores, ReadOnlySpan<int> labels)
    {
        if (labels.Length != scores.Rows)
            throw new ArgumentException($"expected {scores.Rows} labels, one for each row, got {labels.Length}", nameof(labels));
        if (scores.Rows == 0)
            throw new ArgumentException("there are no samples", nameof(scores));
        Labels.ThrowIfOutside(labels, scores.Columns);
    }
}
