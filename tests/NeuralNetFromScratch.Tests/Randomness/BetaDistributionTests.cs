using System.Text.Json;
using NeuralNetFromScratch.Tests.Golden;

namespace NeuralNetFromScratch.Tests.Randomness;

public class BetaDistributionTests
{
    private const int Count = 40_000;

    private static readonly JsonElement Golden = GoldenFile.Read("beta.json");

    private static IEnumerable<double> Alphas => Golden.GetProperty("quantiles").EnumerateObject().Select(property => Number(property.Name));

    /// <summary>The Kolmogorov–Smirnov test at the level 0.001, at 63 quantiles of SciPy; make_beta.py made the file.</summary>
    [Test]
    public void The_distribution_is_that_of_SciPy([ValueSource(nameof(Alphas))] double alpha)
    {
        double[] values = [.. Values(alpha, Count).Order()];
        double[] levels = [.. Golden.GetProperty("levels").EnumerateArray().Select(level => level.GetDouble())];
        double[] quantiles = [.. Golden.GetProperty("quantiles").EnumerateObject().Single(one => Number(one.Name) == alpha).Value.EnumerateArray().Select(value => value.GetDouble())];
        double largest = levels.Zip(quantiles).Max(pair => Math.Abs(values.Count(value => value <= pair.Second) / (double)Count - pair.First));
        Assert.That(largest, Is.LessThan(1.95 / Math.Sqrt(Count)));
    }

    /// <summary>Within five standard errors.</summary>
    [Test]
    public void The_mean_is_a_half_and_the_variance_1_of_8_alpha_and_4([Values(1e-3, 0.05, 0.2, 0.99, 1, 3, 50, 1e5)] double alpha)
    {
        double[] values = [.. Values(alpha, Count)];
        double variance = 1 / (8 * alpha + 4), fourth = values.Average(value => Math.Pow(value - 0.5, 4));
        Assert.That(values.Average(), Is.EqualTo(0.5).Within(5 * Math.Sqrt(variance / Count)));
        Assert.That(values.Average(value => Math.Pow(value - 0.5, 2)), Is.EqualTo(variance).Within(5 * Math.Sqrt(Math.Max(0, fourth - variance * variance) / Count) + 1e-6 * variance));
    }

    [Test]
    public void A_tiny_alpha_gives_0_or_1_and_a_huge_one_a_half()
    {
        foreach (double alpha in (double[])[double.Epsilon, 1e-308, 1e-20])
        {
            double[] values = [.. Values(alpha, 1000)];
            Assert.That(values, Is.All.EqualTo(0).Or.EqualTo(1));
            Assert.That(values.Average(), Is.EqualTo(0.5).Within(0.08));
        }

        foreach (double alpha in (double[])[1e20, 1e300, double.MaxValue])
            Assert.That(Values(alpha, 1000), Is.All.EqualTo(0.5).Within(1e-8));
    }

    [Test]
    public void Values_depend_on_their_source_alone()
    {
        double[] values = [.. Values(0.3, 100)];
        Assert.That(Values(0.3, 100), Is.EqualTo(values));
        Assert.That(values.Distinct().Count(), Is.EqualTo(100));
        Assert.That(BetaDistribution.Symmetric(0.3, new RandomSource(8)), Is.Not.EqualTo(BetaDistribution.Symmetric(0.3, new RandomSource(9))));
    }

    private static IEnumerable<double> Values(double alpha, int count) =>
        Enumerable.Range(0, count).Select(i => BetaDistribution.Symmetric(alpha, new RandomSource(5).Fork((ulong)i)));

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
