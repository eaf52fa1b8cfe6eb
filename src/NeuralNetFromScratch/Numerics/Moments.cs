namespace NeuralNetFromScratch;

/// <summary>Mean, standard deviation and kurtosis of numbers of any magnitude.</summary>
/// <param name="Largest">The largest magnitude; 0 if there are no numbers.</param>
/// <param name="Mean">The mean; 0 if there are no numbers or all weights are 0.</param>
/// <param name="Deviation">The standard deviation, √(Σw(x − mean)² / Σw); 0 if there are no numbers or all weights are 0.</param>
/// <param name="Kurtosis">The fourth central moment divided by the square of the variance: 3 for a normal distribution; 0 if the variance is 0.</param>
internal readonly record struct Moments(double Largest, double Mean, double Deviation, double Kurtosis)
{
    /// <param name="numbers">The numbers; all finite.</param>
    /// <param name="weights">The weight of each number, not negative; all 1 if empty.</param>
    public static Moments Of(ReadOnlySpan<double> numbers, ReadOnlySpan<float> weights = default)
    {
        double largest = 0, total = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(numbers[i]));
            total += weights.IsEmpty ? 1 : weights[i];
        }

        if (largest == 0 || total == 0)
            return new(largest, 0, 0, 0);
        // Numbers are divided by the largest magnitude, so that no square overflows.
        double sum = 0, squares = 0, fourths = 0;
        for (int i = 0; i < numbers.Length; i++)
            sum += (weights.IsEmpty ? 1 : weights[i]) * (numbers[i] / largest);
        double mean = sum / total;
        for (int i = 0; i < numbers.Length; i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[i], difference = numbers[i] / largest - mean;
            squares += weight * difference * difference;
            fourths += weight * (difference * difference) * (difference * difference);
        }

        double variance = squares / total;
        return new(largest, mean * largest, Math.Sqrt(variance) * largest, variance * variance > 0 ? fourths / total / (variance * variance) : 0);
    }
}
