namespace NeuralNetFromScratch;

/// <summary>
/// Beta distributions with two equal parameters α: density proportional to <c>λ^(α − 1)·(1 − λ)^(α − 1)</c> on [0, 1], mean 1/2, variance 1/(8α + 4).
/// </summary>
internal static class BetaDistribution
{
    private const ulong Numerator = 0, Other = 1;

    /// <summary>
    /// Returns a value of Beta(α, α) as <c>G/(G + G')</c> with two values of the Gamma distribution with shape α. It is computed from the logarithms of the Gamma
    /// values, because for a small α both are smaller than the smallest number.
    /// </summary>
    /// <param name="alpha">The parameter α; positive and finite.</param>
    /// <param name="random">The random source, of which nothing else is drawn.</param>
    public static double Symmetric(double alpha, RandomSource random)
    {
        (double log, double boost) = LogGamma(alpha, random.Fork(Numerator));
        (double otherLog, double otherBoost) = LogGamma(alpha, random.Fork(Other));
        // The difference of the boosts is divided, because the quotients themselves can be infinite.
        double difference = log - otherLog + (boost - otherBoost) / Math.Min(alpha, 1);
        return 1 / (1 + PortableMath.Exp(-difference));
    }

    /// <summary>
    /// Draws a value G of the Gamma distribution (Marsaglia and Tsang 2000: "A simple method for generating gamma variables"), which needs 1.05 trials or fewer on
    /// average. For α below 1, <c>G = G'·U^(1/α)</c> with G' of shape α + 1 and a uniform U.
    /// </summary>
    /// <returns>
    /// The logarithm of G, or of G' for α below 1, without an addend that depends only on α; and the logarithm of U, or 0.
    /// </returns>
    private static (double Log, double Boost) LogGamma(double alpha, RandomSource random)
    {
        double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        double boost = alpha < 1 ? LogUniform(random, 0) : 0;
        for (ulong trial = 1; ; trial += 2)
        {
            double x = random.Normal(trial), t = c * x;
            if (t <= -1)
                continue;
            // log v for v = (1 + t)³. The condition is log u < x²/2 + d·(1 − v + log v), with 1 − v written so that it does not cancel.
            double log = 3 * PortableMath.LogP1(t);
            if (LogUniform(random, trial + 1) < x * x / 2 + d * (log - t * (3 + t * (3 + t))))
                return (log, boost);
        }
    }

    /// <summary>The logarithm of a uniformly distributed value in (0, 1].</summary>
    private static double LogUniform(RandomSource random, ulong index) => PortableMath.Log(1 - random.Uniform(index));
}
