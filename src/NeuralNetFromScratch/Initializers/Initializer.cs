namespace NeuralNetFromScratch;

/// <summary>
/// How a parameter's values start. For a weight <c>[in, out]</c> the fan-in is <c>in</c> and the fan-out <c>out</c>.
/// </summary>
public abstract class Initializer
{
    /// <summary>Zeros; the start of biases.</summary>
    public static Initializer Zeros { get; } = new ConstantInitializer(0);

    /// <summary>Normal with variance <c>2 / fan-in</c>, for rectifiers (He et al. 2015).</summary>
    public static Initializer HeNormal { get; } = new VarianceInitializer("he-normal", 2, 0, normal: true);

    /// <summary>Uniform with variance <c>2 / fan-in</c>, for rectifiers (He et al. 2015).</summary>
    public static Initializer HeUniform { get; } = new VarianceInitializer("he-uniform", 2, 0, normal: false);

    /// <summary>Normal with variance <c>2 / (fan-in + fan-out)</c> (Glorot and Bengio 2010).</summary>
    public static Initializer GlorotNormal { get; } = new VarianceInitializer("glorot-normal", 2, 1, normal: true);

    /// <summary>Uniform with variance <c>2 / (fan-in + fan-out)</c> (Glorot and Bengio 2010).</summary>
    public static Initializer GlorotUniform { get; } = new VarianceInitializer("glorot-uniform", 2, 1, normal: false);

    /// <summary>Normal with variance <c>1 / fan-in</c> (LeCun et al. 1998).</summary>
    public static Initializer LeCunNormal { get; } = new VarianceInitializer("lecun-normal", 1, 0, normal: true);

    /// <summary>Uniform with variance <c>1 / fan-in</c> (LeCun et al. 1998).</summary>
    public static Initializer LeCunUniform { get; } = new VarianceInitializer("lecun-uniform", 1, 0, normal: false);

    /// <summary>Orthonormal rows or columns, whichever are fewer, times a gain (Saxe, McClelland, Ganguli 2014).</summary>
    /// <param name="gain">Positive; √2 suits rectifiers.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gain"/> is not positive or not finite.</exception>
    public static Initializer Orthogonal(float gain = 1)
    {
        if (!float.IsFinite(gain) || gain <= 0)
            throw new ArgumentOutOfRangeException(nameof(gain), gain, "the gain must be finite and positive");
        return new OrthogonalInitializer(gain);
    }

    /// <summary>One value everywhere.</summary>
    /// <param name="value">The value.</param>
    public static Initializer Constant(float value) => new ConstantInitializer(value);

    /// <summary>Normal with mean 0.</summary>
    /// <param name="standardDeviation">The standard deviation; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> is negative or not finite.</exception>
    public static Initializer Normal(float standardDeviation)
    {
        if (!float.IsFinite(standardDeviation) || standardDeviation < 0)
            throw new ArgumentOutOfRangeException(nameof(standardDeviation), standardDeviation, "the standard deviation must be finite and not negative");
        return new NormalInitializer(standardDeviation);
    }

    /// <summary>Uniform in [low, high).</summary>
    /// <param name="low">Lower end.</param>
    /// <param name="high">Upper end; not below <paramref name="low"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or not finite.</exception>
    public static Initializer Uniform(float low, float high)
    {
        if (!float.IsFinite(low) || !float.IsFinite(high) || high < low)
            throw new ArgumentOutOfRangeException(nameof(high), high, $"expected a finite range, got {low} to {high}");
        return new UniformInitializer(low, high);
    }

    /// <summary>Fills a parameter.</summary>
    /// <param name="values">The values to set, in row-major order.</param>
    /// <param name="definition">The parameter: its name, shape and fans.</param>
    /// <param name="random">The only source of random numbers, so that one seed gives one start.</param>
    public abstract void Fill(Span<float> values, ParameterDefinition definition, RandomSource random);
}
