namespace NeuralNetFromScratch;

/// <summary>The state of a learning-rate range test: the next rate, the smoothed loss, and whether the test is finished.</summary>
internal sealed class LearningRateFinder(float lowest, float highest, int steps)
{
    private const double Smoothing = 0.9, Divergence = 4;

    /// <summary>The minimum number of points for a slope, which needs a point on each side.</summary>
    private const int FewestPoints = 3;

    private readonly List<(float LearningRate, double Loss)> _points = [];
    private double _average;
    private double _best = double.PositiveInfinity;

    public bool IsFinished { get; private set; }

    public float Rate => (float)(lowest * PortableMath.Pow((double)highest / lowest, (double)_points.Count / (steps - 1)));

    public void Follow(double loss)
    {
        float rate = Rate;
        _average = Smoothing * _average + (1 - Smoothing) * loss;
        double smoothed = _average / (1 - PortableMath.Pow(Smoothing, _points.Count + 1));
        _points.Add((rate, smoothed));
        _best = Math.Min(_best, smoothed);
        IsFinished = _points.Count == steps || !(smoothed <= Divergence * _best);
    }

    /// <exception cref="NotFiniteNumberException">The loss is not finite after too few steps to suggest a rate.</exception>
    public LearningRateRangeTest Result()
    {
        int finite = _points.TakeWhile(point => double.IsFinite(point.Loss)).Count();
        if (finite < FewestPoints)
            throw new NotFiniteNumberException(FormattableString.Invariant(
                $"the loss is {_points[Math.Min(finite, _points.Count - 1)].Loss} after {finite} of {steps} steps, at a learning rate of {_points[Math.Min(finite, _points.Count - 1)].LearningRate}: no rate can be suggested; check the features for values that are not finite, or begin with a lower rate"));
        // Central differences over the logarithm of the rate, which rises by the same amount from point to point.
        int steepest = 0;
        double steepestSlope = double.PositiveInfinity;
        for (int i = 1; i < _points.Count - 1; i++)
        {
            double slope = _points[i + 1].Loss - _points[i - 1].Loss;
            if (slope < steepestSlope)
                (steepest, steepestSlope) = (i, slope);
        }

        return new LearningRateRangeTest(_points, _points[steepest].LearningRate);
    }
}

/// <summary>The result of <see cref="Trainer.FindLearningRate"/>: the loss as a function of a rising learning rate.</summary>
/// <param name="Points">The rate of each step and the smoothed loss after it.</param>
/// <param name="Suggestion">The rate at which the loss fell most steeply over the logarithm of the rate; a good initial rate.</param>
public sealed record LearningRateRangeTest(IReadOnlyList<(float LearningRate, double Loss)> Points, float Suggestion);
