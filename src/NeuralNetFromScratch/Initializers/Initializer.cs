namespace NeuralNetFromScratch;

/// <summary>
/// The base class of initializers, which set the initial values of a parameter. For a weight <c>[in, out]</c> the fan-in is <c>in</c> and the
/// fan-out is <c>out</c>.
/// </summary>
public abstract class Initializer
{
    /// <summary>Zeros, the default for biases.</summary>
    public static Initializer Zeros { get; } = new ConstantInitializer(0);

    /// <summary>A normal distribution with variance <c>2 / fan-in</c>, for ReLU activations (He et al. 2015).</summary>
    public static Initializer HeNormal { get; } = new VarianceInitializer("he-normal", 2, 0, normal: true);

    /// <summary>A uniform distribution with variance <c>2 / fan-in</c>, for ReLU activations (He et al. 2015).</summary>
    public static Initializer HeUniform { get; } = new VarianceInitializer("he-uniform", 2, 0, normal: false);

    /// <summary>A normal distribution with variance <c>2 / (fan-in + fan-out)</c> (Glorot and Bengio 2010).</summary>
    public static Initializer GlorotNormal { get; } = new VarianceInitializer("glorot-normal", 2, 1, normal: true);

    /// <summary>A uniform distribution with variance <c>2 / (fan-in + fan-out)</c> (Glorot and Bengio 2010).</summary>
    public static Initializer GlorotUniform { get; } = new VarianceInitializer("glorot-uniform", 2, 1, normal: false);

    /// <summary>A normal distribution with variance <c>1 / fan-in</c> (LeCun et al. 1998).</summary>
    public static Initializer LeCunNormal { get; } = new VarianceInitializer("lecun-normal", 1, 0, normal: true);

    /// <summary>A uniform distribution with variance <c>1 / fan-in</c> (LeCun et al. 1998).</summary>
    public static Initializer LeCunUniform { get; } = new VarianceInitializer("lecun-uniform", 1, 0, normal: false);

    /// <summary>
    /// Creates an initializer of random orthonormal rows or columns, whichever are fewer, multiplied by a gain (Saxe, McClelland and Ganguli
    /// 2014).
    /// </summary>
    /// <param name="gain">The gain; positive. √2 suits ReLU activations. Default: 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gain"/> is not positive or not finite.</exception>
    public static Initializer Orthogonal(float gain = 1) => new OrthogonalInitializer(Guard.Positive(gain, nameof(gain)));

    /// <summary>Creates an initializer that sets all values to a constant.</summary>
    /// <param name="value">The value; finite.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is not finite.</exception>
    public static Initializer Constant(float value) => new ConstantInitializer(Guard.Finite(value, nameof(value)));

    /// <summary>Creates an initializer with a normal distribution of mean 0.</summary>
    /// <param name="standardDeviation">The standard deviation; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> is negative or not finite.</exception>
    public static Initializer Normal(float standardDeviation) => new NormalInitializer(Guard.NonNegative(standardDeviation, nameof(standardDeviation)));

    /// <summary>Creates an initializer with a uniform distribution in [low, high).</summary>
    /// <param name="low">The lower bound; finite.</param>
    /// <param name="high">The upper bound; finite, and not below <paramref name="low"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not finite, or <paramref name="high"/> is below <paramref name="low"/>.</exception>
    public static Initializer Uniform(float low, float high)
    {
        Guard.Finite(low, nameof(low));
        if (Guard.Finite(high, nameof(high)) < low)
            throw Guard.OutOfRange(nameof(high), high, FormattableString.Invariant($"must not be below low, {low}"));
        return new UniformInitializer(low, high);
    }

    /// <summary>
    /// Sets the values of a parameter. Implementations write every value and draw random numbers only from <paramref name="random"/>.
    /// </summary>
    /// <param name="values">The values to set, in row-major order.</param>
    /// <param name="definition">The definition of the parameter: name, shape and fans.</param>
    /// <param name="random">The random source. The same source gives the same values.</param>
    /// <exception cref="ArgumentException">The initializer does not support the shape of the parameter.</exception>
    public abstract void Fill(Span<float> values, ParameterDefinition definition, RandomSource random);
}

internal sealed class ConstantInitializer(float value) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random) => values.Fill(value);
}

/// <summary>Initial values from an array.</summary>
internal sealed class GivenInitializer(float[] given) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random) => given.CopyTo(values);
}

internal sealed class NormalInitializer(float standardDeviation) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(standardDeviation * random.Normal((ulong)i));
    }
}

internal sealed class UniformInitializer(float low, float high) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(low + ((double)high - low) * random.Uniform((ulong)i));
    }
}

/// <summary>Mean 0 and variance <c>gain / (fan-in + fanOutShare · fan-out)</c>.</summary>
internal sealed class VarianceInitializer(string name, double gain, double fanOutShare, bool normal) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
    {
        if (definition.FanIn <= 0 || definition.FanOut <= 0)
            throw new ArgumentException($"{name} requires a weight with inputs and outputs, such as [in, out], got {definition.Name} {definition.Shape}", nameof(definition));
        double deviation = Math.Sqrt(gain / (definition.FanIn + fanOutShare * definition.FanOut));
        // A uniform variable in (−a, a) has the variance a²/3.
        double limit = Math.Sqrt(3) * deviation;
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(normal ? deviation * random.Normal((ulong)i) : limit * (2 * random.Uniform((ulong)i) - 1));
    }
}

/// <summary>
/// A random matrix with orthonormal rows or columns, whichever are fewer, multiplied by a gain. The rows of a normally distributed matrix are
/// orthogonalized one after another (Gram-Schmidt, applied twice, in double precision).
/// </summary>
internal sealed class OrthogonalInitializer(double gain) : Initializer
{
    /// <summary>The second pass removes the rounding errors of the first.</summary>
    private const int Passes = 2;

    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
    {
        if (definition.Shape.Rank < 2 || definition.Shape.ElementCount == 0)
            throw new ArgumentException($"orthogonal requires a weight with inputs and outputs, such as [in, out], got {definition.Name} {definition.Shape}", nameof(definition));
        // A weight with more dimensions is treated as the matrix [all others, last].
        int columns = definition.Shape[^1], rows = definition.Shape.ElementCount / columns;
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        var vectors = new double[count][];
        for (int i = 0; i < count; i++)
        {
            double[] vector = vectors[i] = new double[length];
            for (int j = 0; j < length; j++)
                vector[j] = random.Normal((ulong)i * (ulong)length + (ulong)j);
            for (int pass = 0; pass < Passes; pass++)
            {
                for (int other = 0; other < i; other++)
                    Subtract(vector, vectors[other]);
            }

            double norm = Math.Sqrt(Dot(vector, vector));
            for (int j = 0; j < length; j++)
                vector[j] /= norm;
        }

        bool rowsAreVectors = rows <= columns;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                values[row * columns + column] = (float)(gain * (rowsAreVectors ? vectors[row][column] : vectors[column][row]));
        }
    }

    /// <summary>Subtracts from a vector its component along a unit vector.</summary>
    private static void Subtract(double[] vector, double[] unit)
    {
        double part = Dot(vector, unit);
        for (int j = 0; j < vector.Length; j++)
            vector[j] -= part * unit[j];
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int j = 0; j < left.Length; j++)
            sum += left[j] * right[j];
        return sum;
    }
}
