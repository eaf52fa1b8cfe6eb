namespace NeuralNetFromScratch;

/// <summary>Compares derivatives with central differences, one element after the other, and remembers the worst.</summary>
internal sealed class GradientComparison
{
    /// <summary>A power of two, so that going up and down adds no rounding: large enough for single precision, small enough for the curvature.</summary>
    public const float Step = 1f / 128;

    /// <summary>Allowed difference, as a share of the largest derivative or of 1.</summary>
    private const double Tolerance = 2e-3;

    private const double KinkTolerance = 0.1;

    private int _checked;
    private int _skipped;
    private double _worst = -1;
    private string _element = "";
    private double _analytic;
    private double _numeric;

    /// <summary>Compares the derivatives by some values.</summary>
    /// <param name="what">What the values are.</param>
    /// <param name="values">The values, changed and put back one by one.</param>
    /// <param name="gradient">The derivatives that were computed.</param>
    /// <param name="objective">The function.</param>
    public void Compare(string what, Span<float> values, ReadOnlySpan<float> gradient, Func<double> objective)
    {
        double largest = 1;
        foreach (float derivative in gradient)
            largest = Math.Max(largest, Math.Abs(derivative));
        double middle = objective();
        for (int i = 0; i < values.Length; i++)
        {
            float original = values[i];
            values[i] = original + Step;
            double above = objective();
            values[i] = original - Step;
            double below = objective();
            values[i] = original;
            double slope = (above - below) / (2 * Step), error = Math.Abs(slope - gradient[i]) / (Tolerance * largest);
            // At a kink one of the slopes to both sides is right, so that their mean is wrong by half of what they differ by.
            double halfBend = Math.Abs(above - 2 * middle + below) / (2 * Step);
            if (error > 1 && Math.Abs(Math.Abs(slope - gradient[i]) - halfBend) <= KinkTolerance * halfBend)
            {
                _skipped++;
                continue;
            }

            Note($"{what}[{i}]", gradient[i], slope, error);
        }
    }

    /// <summary>Compares two numbers that ought to be the same.</summary>
    public void Expect(string what, double actual, double expected) =>
        Note(what, actual, expected, Math.Abs(actual - expected) / (Tolerance * Math.Max(1, Math.Abs(expected))));

    public GradientReport Report() => new(_checked, _skipped, Math.Max(_worst, 0), _element, _analytic, _numeric);

    private void Note(string element, double analytic, double numeric, double error)
    {
        _checked++;
        if (!(error <= _worst))
            (_worst, _element, _analytic, _numeric) = (double.IsNaN(error) ? double.PositiveInfinity : error, element, analytic, numeric);
    }
}
