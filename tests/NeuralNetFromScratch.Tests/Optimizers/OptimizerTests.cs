using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Optimizers;

public class OptimizerTests
{
    private static readonly OptimizerCase[] Cases =
    [
        new(new Sgd(0.1f), _ => (w, g, _) => w - 0.1f * g),
        new(new Sgd(0.1f, 0.9f), _ => (w, g, s) => w - 0.1f * (s[0] = 0.9f * s[0] + g)),
        new(new Sgd(0.1f, 0.9f, nesterov: true), _ => (w, g, s) => w - 0.1f * (g + 0.9f * (s[0] = 0.9f * s[0] + g))),
        new(new Sgd(0.1f, 0.9f, dampening: 0.5f), t => (w, g, s) => w - 0.1f * (s[0] = t == 1 ? g : 0.9f * s[0] + 0.5 * g)),
        new(new RmsProp(0.01f, 0.9f, 1e-5f), _ => (w, g, s) => w - 0.01f * g / (Math.Sqrt(s[0] = 0.9f * s[0] + (1 - 0.9f) * g * g) + 1e-5f)),
        new(new Adagrad(0.05f, 1e-6f), _ => (w, g, s) => w - 0.05f * g / (Math.Sqrt(s[0] += (double)g * g) + 1e-6f)),
        new(new Adam(0.01f, 0.8f, 0.99f, 1e-6f), t => (w, g, s) =>
        {
            s[0] = 0.8f * s[0] + (1 - 0.8f) * g;
            s[1] = 0.99f * s[1] + (1 - 0.99f) * g * g;
            return w - 0.01f * (s[0] / (1 - Math.Pow(0.8f, t))) / (Math.Sqrt(s[1] / (1 - Math.Pow(0.99f, t))) + 1e-6f);
        }),
        new(new Adam(0.01f, 0.8f, 0.5f, 1e-6f) { AmsGrad = true }, t => (w, g, s) =>
        {
            s[0] = 0.8f * s[0] + (1 - 0.8f) * g;
            s[1] = 0.5f * s[1] + (1 - 0.5f) * g * g;
            s[2] = Math.Max(s[1], s[2]);
            return w - 0.01f * (s[0] / (1 - Math.Pow(0.8f, t))) / (Math.Sqrt(s[2] / (1 - Math.Pow(0.5f, t))) + 1e-6f);
        }),
        new(new Adamax(0.01f, 0.8f, 0.9f, 1e-6f), t => (w, g, s) =>
        {
            s[0] = 0.8f * s[0] + (1 - 0.8f) * g;
            s[1] = Math.Max(0.9f * s[1], Math.Abs(g) + 1e-6f);
            return w - 0.01f / (1 - Math.Pow(0.8f, t)) * s[0] / s[1];
        }),
        new(new Adadelta(0.5f, 0.9f, 1e-5f), _ => (w, g, s) =>
        {
            s[0] = 0.9f * s[0] + (1 - 0.9f) * g * g;
            double delta = Math.Sqrt((s[1] + 1e-5f) / (s[0] + 1e-5f)) * g;
            s[1] = 0.9f * s[1] + (1 - 0.9f) * delta * delta;
            return w - 0.5f * delta;
        }),
        new(new Lion(0.01f, 0.8f, 0.9f), _ => (w, g, s) =>
        {
            double direction = 0.8f * s[0] + (1 - 0.8f) * g;
            s[0] = 0.9f * s[0] + (1 - 0.9f) * g;
            return w - 0.01f * Math.Sign(direction);
        }),
        new(new RmsProp(0.01f, 0.9f, 1e-5f, momentum: 0.5f, centered: true), _ => (w, g, s) =>
        {
            s[0] = 0.9f * s[0] + (1 - 0.9f) * g * g;
            s[1] = 0.9f * s[1] + (1 - 0.9f) * g;
            return w - 0.01f * (s[2] = 0.5f * s[2] + g / (Math.Sqrt(s[0] - s[1] * s[1]) + 1e-5f));
        }),
        new(new Adagrad(0.05f, 1e-6f, 0.2f, 0.3f), t => (w, g, s) => w - 0.05f / (1 + (t - 1) * 0.2f) * g / (Math.Sqrt(0.3f + (s[0] += (double)g * g)) + 1e-6f)),
        new(new NAdam(0.01f, 0.8f, 0.99f, 1e-6f, 0.1f), t => (w, g, s) =>
        {
            s[0] = 0.8f * s[0] + (1 - 0.8f) * g;
            s[1] = 0.99f * s[1] + (1 - 0.99f) * g * g;
            double product = Enumerable.Range(1, t).Aggregate(1.0, (all, step) => all * Mu(step));
            double direction = (1 - Mu(t)) * g / (1 - product) + Mu(t + 1) * s[0] / (1 - product * Mu(t + 1));
            return w - 0.01f * direction / (Math.Sqrt(s[1] / (1 - Math.Pow(0.99f, t))) + 1e-6f);

            static double Mu(int step) => 0.8f * (1 - 0.5 * Math.Pow(0.96, step * 0.1f));
        }),
        new(new RAdam(0.01f, 0.8f, 0.7f, 1e-6f), t => (w, g, s) =>
        {
            s[0] = 0.8f * s[0] + (1 - 0.8f) * g;
            s[1] = 0.7f * s[1] + (1 - 0.7f) * g * g;
            double power = Math.Pow(0.7f, t), most = 2 / (1 - (double)0.7f) - 1, length = most - 2 * t * power / (1 - power), step = 0.01f * s[0] / (1 - Math.Pow(0.8f, t));
            return length <= 5 ? w - step
                : w - step * Math.Sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)) * Math.Sqrt(1 - power) / (Math.Sqrt(s[1]) + 1e-6f);
        }),
    ];

    [TestCaseSource(nameof(Cases))]
    public void Five_steps_are_the_published_rule_at_every_length(object optimizerCase)
    {
        var (optimizer, rule) = (OptimizerCase)optimizerCase;
        for (int length = 0; length <= 40; length++)
        {
            float[] values = TestValues.Uniform(length, 1), slots = new float[optimizer.SlotCount * length];
            double[] expected = [.. values.Select(value => (double)value)];
            double[][] memory = [.. values.Select(_ => new double[3])];
            for (int step = 1; step <= 5; step++)
            {
                float[] gradients = TestValues.Uniform(length, (ulong)step + 10);
                optimizer.Update(new(step, optimizer.LearningRate), new(values, gradients, slots));
                for (int i = 0; i < length; i++)
                    expected[i] = rule(step)(expected[i], gradients[i], memory[i]);
            }

            Assert.That(values, Is.EqualTo(expected).Within(2e-6), $"{optimizer}, length {length}");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Any_division_of_the_parameters_gives_the_same_bits(object optimizerCase)
    {
        Optimizer optimizer = ((OptimizerCase)optimizerCase).Optimizer;
        float[] whole = TestValues.Uniform(50, 1), parts = [.. whole], gradients = TestValues.Uniform(50, 2);
        float[] wholeSlots = new float[150], partSlots = new float[150];
        optimizer.Update(new(1, 0.1f), new(whole, gradients, wholeSlots));
        for (int start = 0; start < 50; start += 7)
        {
            int count = Math.Min(7, 50 - start);
            optimizer.Update(new(1, 0.1f), new(SimdWidths.Best, parts.AsSpan(start, count), gradients.AsSpan(start, count), partSlots, 50, start));
        }

        Assert.That(TestValues.Bits(parts), Is.EqualTo(TestValues.Bits(whole)));
        Assert.That(TestValues.Bits(partSlots), Is.EqualTo(TestValues.Bits(wholeSlots)));
    }

    [TestCaseSource(nameof(Cases))]
    public void Memory_without_gradients_becomes_zero_instead_of_staying_subnormal(object optimizerCase)
    {
        Optimizer optimizer = ((OptimizerCase)optimizerCase).Optimizer;
        if (optimizer is Adagrad or Adam { AmsGrad: true } or Adamax)
            Assert.Pass("a sum or a maximum is not forgotten");
        foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
        {
            // Whole registers and a rest, with a gradient in the first step alone.
            const int Length = 21;
            float[] values = new float[Length], slots = new float[optimizer.SlotCount * Length], gradients = new float[Length];
            Array.Fill(gradients, 1e-10f);
            for (int step = 1; step <= 12_000; step++)
            {
                optimizer.Update(new(step, optimizer.LearningRate), new(width, values, gradients, slots, Length, 0));
                Array.Clear(gradients);
                Assert.That(slots, Has.None.Matches<float>(float.IsSubnormal), $"{width}, step {step}");
            }

            Assert.That(slots, Has.All.EqualTo(0f), $"{width}");
        }
    }

    [Test]
    public void A_divisor_without_epsilon_keeps_its_subnormal_numbers()
    {
        float[] values = [1], slots = [0], gradients = [1e-10f];
        var optimizer = new RmsProp(0.01f, 0.9f, epsilon: 0);
        for (int step = 1; step <= 2000; step++)
        {
            optimizer.Update(new(step, 0.01f), new(values, gradients, slots));
            gradients[0] = 0;
        }

        Assert.That(slots[0], Is.GreaterThan(0));
        Assert.That(values[0], Is.EqualTo(1 - 0.01 / Math.Sqrt(0.1)).Within(1e-6));
    }

    [Test]
    public void Values_out_of_range_are_refused()
    {
        Assert.That(() => new Sgd(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd(float.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd(0.1f, momentum: 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd(0.1f, nesterov: true), Throws.ArgumentException);
        Assert.That(() => new Sgd(0.1f, 0.9f, nesterov: true, dampening: 0.1f), Throws.ArgumentException);
        Assert.That(() => new Sgd(0.1f, 0.9f, dampening: 1.5f), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Adam(beta1: 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Adam(beta2: -0.1f), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RmsProp(decay: 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RmsProp(epsilon: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Adagrad(epsilon: float.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Adam(epsilon: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => { _ = new UpdateBlock(new float[3], new float[2], []); }, Throws.ArgumentException);
    }

    private sealed record OptimizerCase(Optimizer Optimizer, Func<int, Func<double, double, double[], double>> Rule)
    {
        public override string ToString() => Optimizer.ToString();
    }
}
