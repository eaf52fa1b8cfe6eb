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
    public static Initializer Orthogonal(float gain = 1) => new OrthogonalInitializer(Guard.Positive(gain, nameof(gain)));

    /// <summary>One value everywhere.</summary>
    /// <param name="value">The value; finite.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is not finite.</exception>
    public static Initializer Constant(float value) => new ConstantInitializer(Guard.Finite(value, nameof(value)));

    /// <summary>Normal with mean 0.</summary>
    /// <param name="standardDeviation">The standard deviation; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> is negative or not finite.</exception>
    public static Initializer Normal(float standardDeviation) => new NormalInitializer(Guard.NonNegative(standardDeviation, nameof(standardDeviation)));

    /// <summary>Uniform in [low, high).</summary>
    /// <param name="low">Lower end; finite.</param>
    /// <param name="high">Upper end; finite, and not below <paramref name="low"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or not finite.</exception>
    public static Initializer Uniform(float low, float high)
    {
        Guard.Finite(low, nameof(low));
        if (Guard.Finite(high, nameof(high)) < low)
            throw Guard.OutOfRange(nameof(high), high, FormattableString.Invariant($"must not be below low, {low}"));
        return new UniformInitializer(low, high);
    }

    /// <summary>Fills a parameter.</summary>
    /// <param name="values">The values to set, in row-major order.</param>
    /// <param name="definition">The parameter: its name, shape and fans.</param>
    /// <param name="random">The only source of random numbers, so that one seed gives one start.</param>
    public abstract void Fill(Span<float> values, ParameterDefinition definition, RandomSource random);
}

internal sealed class ConstantInitializer(float value) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random) => values.Fill(value);
}

/// <summary>Given values.</summary>
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
            throw new ArgumentException($"{name} needs a weight with inputs and outputs, such as [in, out], got {definition.Name} {definition.Shape}", nameof(definition));
        double deviation = Math.Sqrt(gain / (definition.FanIn + fanOutShare * definition.FanOut));
        // A uniform variable in (−a, a) has variance a²/3.
        double limit = Math.Sqrt(3) * deviation;
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(normal ? deviation * random.Normal((ulong)i) : limit * (2 * random.Uniform((ulong)i) - 1));
    }
}

/// <summary>
/// A random matrix with orthonormal rows or columns, whichever are fewer, times a gain: the rows of a normally distributed matrix made
/// orthogonal one after the other (Gram and Schmidt, twice over, in double precision).
/// </summary>
internal sealed class OrthogonalInitializer(double gain) : Initializer
{
    /// <summary>The second pass removes what rounding left after the first.</summary>
    private const int Passes = 2;

    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
    {
        if (definition.Shape.Rank < 2 || definition.Shape.ElementCount == 0)
            throw new ArgumentException($"orthogonal needs a weight with inputs and outputs, such as [in, out], got {definition.Name} {definition.Shape}", nameof(definition));
        // A weight of more dimensions counts as the matrix [all others, last].
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

    /// <summary>Takes from a vector its part along a vector of length 1.</summary>
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
