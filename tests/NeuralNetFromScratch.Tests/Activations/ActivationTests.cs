using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Activations;

public class ActivationTests
{
    private const double SeluAlpha = 1.6732632423543772, SeluScale = 1.0507009873554805;

    private static readonly ActivationCase[] Cases =
    [
        new(Activation.Identity, x => x, _ => 1),
        new(Activation.Relu, x => Math.Max(x, 0), x => x > 0 ? 1 : 0),
        new(Activation.LeakyRelu(0.2f), x => x > 0 ? x : 0.2f * x, x => x > 0 ? 1 : 0.2f),
        new(Activation.Sigmoid, Sigmoid, x => Sigmoid(x) * (1 - Sigmoid(x))),
        new(Activation.Elu(0.7f), x => x > 0 ? x : 0.7f * (Math.Exp(x) - 1), x => x > 0 ? 1 : 0.7f * Math.Exp(x)),
        new(Activation.Selu, x => SeluScale * (x > 0 ? x : SeluAlpha * (Math.Exp(x) - 1)), x => SeluScale * (x > 0 ? 1 : SeluAlpha * Math.Exp(x))),
        new(Activation.Silu, x => x * Sigmoid(x), x => Sigmoid(x) * (1 + x * (1 - Sigmoid(x)))),
        new(Activation.HardSwish, x => x * Math.Clamp(x + 3, 0, 6) / 6, x => x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6),
        new(Activation.Gelu, x => x * Normal(x), x => Normal(x) + x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)),
        new(Activation.GeluTanh, x => x * (1 + Math.Tanh(GeluArgument(x))) / 2, x => (1 + Math.Tanh(GeluArgument(x))) / 2
            + x * (1 - Math.Pow(Math.Tanh(GeluArgument(x)), 2)) * Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x) / 2),
        new(Activation.Softplus, x => Math.Log(1 + Math.Exp(x)), Sigmoid),
        new(Activation.Tanh, Math.Tanh, x => 1 - Math.Tanh(x) * Math.Tanh(x)),
    ];

    [Test]
    public void Elu_and_Selu_keep_their_digits_near_zero([Values(-1e-30f, -1e-7f, -1e-4f, -0.01f, -0.2f, -0.4999f, -0.5f, -0.7f, -3f)] float x)
    {
        float[] result = new float[1];
        Activation.Elu(1.5f).Apply([x], result);
        double expected = 1.5 * Math.Exp(x) - 1.5 is var rough && Math.Abs(x) > 1e-3 ? rough : 1.5 * (x + x * (double)x / 2 + x * (double)x * x / 6);
        Assert.That(result[0], Is.EqualTo(expected).Within(4e-7 * Math.Abs(expected)));
        Activation.Selu.Apply([x], result);
        Assert.That(result[0], Is.EqualTo(expected / 1.5 * 1.0507009873554805 * 1.6732632423543772).Within(4e-7 * Math.Abs(expected) * 1.2));
    }

    [TestCaseSource(nameof(Cases))]
    public void The_function_is_right_at_every_length(object activationCase)
    {
        var (activation, function, _) = (ActivationCase)activationCase;
        for (int length = 0; length <= 70; length++)
        {
            float[] x = TestValues.Uniform(length, (ulong)length, -6, 6);
            float[] y = [.. TestValues.Poison(length), 77];
            activation.Apply(x, y.AsSpan(0, length));
            DoubleMatrix.From(x, 1, length).Map(function).AssertClose(y.AsSpan(0, length), 3e-7, activation.ToString());
            Assert.That(y[length], Is.EqualTo(77));
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void The_derivative_is_right_at_every_length(object activationCase)
    {
        var (activation, function, derivative) = (ActivationCase)activationCase;
        for (int length = 0; length <= 70; length++)
        {
            float[] x = TestValues.Uniform(length, (ulong)length, -4, 4), g = TestValues.Uniform(length, 99);
            float[] argument = [.. x.Select(value => activation.DerivativeNeedsInput ? value : (float)function(value))];
            var expected = DoubleMatrix.From(x, 1, length).Map(derivative).Combine(DoubleMatrix.From(g, 1, length), (d, gradient) => d * gradient);
            activation.Differentiate(argument, g);
            // The tanh form's exponential is of up to e⁹, and takes nine times its argument's rounding along.
            expected.AssertClose(g, activation.Equals(Activation.GeluTanh) ? 3e-6 : 1e-6, activation.ToString());
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void The_derivative_is_that_of_the_function(object activationCase)
    {
        var (activation, function, derivative) = (ActivationCase)activationCase;
        const double Step = 1e-6;
        foreach (float x in TestValues.Uniform(50, 5, -4, 4))
        {
            double slope = (function(x + Step) - function(x - Step)) / (2 * Step);
            Assert.That(derivative(x), Is.EqualTo(slope).Within(1e-6), activation.ToString());
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void NaN_stays_NaN_and_extremes_do_not_become_NaN(object activationCase)
    {
        Activation activation = ((ActivationCase)activationCase).Activation;
        float[] y = new float[20];
        activation.Apply([.. Enumerable.Repeat(float.NaN, 20)], y);
        Assert.That(y, Is.All.NaN);
        activation.Apply([.. Enumerable.Repeat(float.NegativeInfinity, 10), .. Enumerable.Repeat(float.PositiveInfinity, 10)], y);
        Assert.That(y, Has.None.NaN);
    }

    [TestCaseSource(nameof(Cases))]
    public void The_same_memory_may_be_input_and_output(object activationCase)
    {
        Activation activation = ((ActivationCase)activationCase).Activation;
        float[] x = TestValues.Uniform(37, 3), y = new float[37];
        activation.Apply(x, y);
        activation.Apply(x, x);
        Assert.That(x, Is.EqualTo(y));
    }

    [Test]
    public void Tanh_keeps_its_relative_precision_near_zero([Values] RegisterWidth width)
    {
        float[] x = [1e-8f, 1e-4f, 0.01f, 0.3f, 0.62f, 0.63f, 1, 3, 9, 30, -0.5f, -2];
        foreach (float value in x)
        {
            float actual = Apply(new TanhFunction(), (SimdWidth)width, value);
            Assert.That(actual, Is.EqualTo(Math.Tanh(value)).Within(3e-7 * Math.Abs(Math.Tanh(value))));
        }
    }

    [Test]
    public void Every_register_width_agrees([Values] RegisterWidth width)
    {
        foreach (float value in TestValues.Uniform(40, 8, -8, 8))
        {
            Assert.That(Apply(new SigmoidFunction(), (SimdWidth)width, value), Is.EqualTo(Sigmoid(value)).Within(2e-7));
            Assert.That(Apply(new ReluFunction(), (SimdWidth)width, value), Is.EqualTo(Math.Max(value, 0)));
            Assert.That(Apply(new LeakyReluFunction(0.5f), (SimdWidth)width, value), Is.EqualTo(value > 0 ? value : 0.5f * value));
        }
    }

    [Test]
    public void A_negative_or_undefined_slope_is_refused([Values(-0.1f, float.NaN, float.PositiveInfinity)] float slope) =>
        Assert.That(() => Activation.LeakyRelu(slope), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_negative_or_undefined_alpha_is_refused([Values(-0.1f, float.NaN, float.PositiveInfinity)] float alpha) =>
        Assert.That(() => Activation.Elu(alpha), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Spans_of_different_lengths_are_refused()
    {
        Assert.That(() => Activation.Relu.Apply(new float[3], new float[4]), Throws.ArgumentException);
        Assert.That(() => Activation.Relu.Differentiate(new float[3], new float[4]), Throws.ArgumentException);
    }

    [Test]
    public void Softplus_keeps_its_relative_precision_far_below_zero([Values] RegisterWidth width)
    {
        foreach (float x in (float[])[-1, -5, -10, -20, -50, -80])
            Assert.That(Apply(new SoftplusFunction(), (SimdWidth)width, x), Is.EqualTo(Math.Exp(x) - Math.Exp(2.0 * x) / 2 + Math.Exp(3.0 * x) / 3 - Math.Exp(4.0 * x) / 4 + Math.Exp(5.0 * x) / 5).Within(x < -4 ? 0.0001 : 20).Percent);
    }

    [Test]
    public void The_normal_distribution_keeps_its_relative_precision_in_the_tail([Values] RegisterWidth width)
    {
        // x·Φ(x) with Φ of Wolfram's and SciPy's tables: Φ(−1), Φ(−2), Φ(−4), Φ(−6), Φ(−8).
        foreach ((float x, double phi) in ((float, double)[])[(-1, 0.15865525393145707), (-2, 0.022750131948179195), (-4, 3.167124183311986e-05), (-6, 9.865876450376946e-10), (-8, 6.220960574271785e-16)])
            Assert.That(Apply(new GeluFunction(), (SimdWidth)width, x), Is.EqualTo(x * phi).Within(0.001).Percent);
    }

    /// <summary>Φ by its series around 0, exact to double precision for |x| up to 6.</summary>
    private static double Normal(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
            sum += term *= x * x / (2 * n + 1);
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }

    private static double GeluArgument(double x) => Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static float Apply<TFunction>(TFunction function, SimdWidth width, float x)
        where TFunction : struct, IActivationFunction
    {
        float y = float.NaN;
        ElementPass.Run(width, function, [x], new Span<float>(ref y));
        return y;
    }

    private sealed record ActivationCase(Activation Activation, Func<double, double> Function, Func<double, double> Derivative)
    {
        public override string ToString() => Activation.ToString();
    }

    [Test]
    public void A_slope_or_alpha_of_zero_is_allowed()
    {
        float[] values = [-2, 3];
        Activation.LeakyRelu(0).Apply(values, values);
        Assert.That(values, Is.EqualTo((float[])[0, 3]));
        values = [-2, 3];
        Activation.Elu(0).Apply(values, values);
        Assert.That(values, Is.EqualTo((float[])[0, 3]));
    }
}
