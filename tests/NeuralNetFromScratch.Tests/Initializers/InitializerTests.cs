using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Initializers;

public class InitializerTests
{
    private static readonly InitializerCase[] Cases =
    [
        new("HeNormal", Initializer.HeNormal, 2.0 / 300, IsUniform: false),
        new("HeUniform", Initializer.HeUniform, 2.0 / 300, IsUniform: true),
        new("GlorotNormal", Initializer.GlorotNormal, 2.0 / 500, IsUniform: false),
        new("GlorotUniform", Initializer.GlorotUniform, 2.0 / 500, IsUniform: true),
        new("LeCunNormal", Initializer.LeCunNormal, 1.0 / 300, IsUniform: false),
        new("LeCunUniform", Initializer.LeCunUniform, 1.0 / 300, IsUniform: true),
        new("Normal", Initializer.Normal(0.3f), 0.09, IsUniform: false),
        new("Uniform", Initializer.Uniform(-0.5f, 0.5f), 1.0 / 12, IsUniform: true),
    ];

    [TestCaseSource(nameof(Cases))]
    public void The_variance_is_the_published_one(object initializerCase)
    {
        var (name, initializer, variance, isUniform) = (InitializerCase)initializerCase;
        float[] values = Fill(initializer, 1);
        double mean = values.Average(value => (double)value), actual = values.Average(value => value * (double)value);
        Assert.That(mean, Is.EqualTo(0).Within(4 * Math.Sqrt(variance / values.Length)), name);
        Assert.That(actual, Is.EqualTo(variance).Within(0.03 * variance), name);
        double limit = Math.Sqrt(3 * variance);
        Assert.That(values.Max(Math.Abs) <= limit * 1.000001, Is.EqualTo(isUniform), name);
    }

    [TestCaseSource(nameof(Cases))]
    public void One_seed_gives_one_start(object initializerCase)
    {
        Initializer initializer = ((InitializerCase)initializerCase).Initializer;
        float[] first = Fill(initializer, 1), again = Fill(initializer, 1);
        Assert.That(again, Is.EqualTo(first));
        Assert.That(Fill(initializer, 1), Is.Not.EqualTo(Fill(initializer, 2)));
    }

    [TestCase(5, 5)]
    [TestCase(30, 7)]
    [TestCase(7, 30)]
    [TestCase(1, 4)]
    public void Orthogonal_vectors_have_the_gain_as_length_and_are_perpendicular(int rows, int columns)
    {
        var values = new float[rows * columns];
        Initializer.Orthogonal(1.5f).Fill(values, Weight(rows, columns), new RandomSource(3));
        DoubleMatrix matrix = DoubleMatrix.From(values, rows, columns);
        DoubleMatrix few = rows <= columns ? matrix : matrix.Transposed;
        DoubleMatrix expected = DoubleMatrix.Build(few.Rows, few.Rows, (i, j) => i == j ? 2.25 : 0);
        DoubleMatrix products = few.Times(few.Transposed);
        for (int i = 0; i < few.Rows; i++)
        {
            for (int j = 0; j < few.Rows; j++)
                Assert.That(products[i, j], Is.EqualTo(expected[i, j]).Within(1e-6));
        }
    }

    [Test]
    public void Constants_are_constant()
    {
        Assert.That(Fill(Initializer.Zeros, 1), Is.All.Zero);
        Assert.That(Fill(Initializer.Constant(3), 1), Is.All.EqualTo(3));
    }

    [Test]
    public void Invalid_arguments_are_refused()
    {
        Assert.That(() => Initializer.Uniform(1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Initializer.Uniform(0, float.PositiveInfinity), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Initializer.Normal(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Initializer.Orthogonal(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Initializer.Orthogonal().Fill(new float[3], Weight(3), default), Throws.ArgumentException.With.Message.Contains("orthogonal requires a weight"));
        Assert.That(() => Initializer.HeNormal.Fill(new float[3], Weight(3), default), Throws.ArgumentException.With.Message.Contains("he-normal requires a weight"));
    }

    private static ParameterDefinition Weight(params int[] dimensions) => new("weight", Shape.Create(dimensions), Initializer.Zeros, ParameterRole.Weight);

    private static float[] Fill(Initializer initializer, ulong seed)
    {
        var values = new float[300 * 200];
        initializer.Fill(values, Weight(300, 200), new RandomSource(seed));
        return values;
    }

    private sealed record InitializerCase(string Name, Initializer Initializer, double Variance, bool IsUniform)
    {
        public override string ToString() => Name;
    }
}
