using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Compute;

/// <summary>Sums, functions and whole trainings have the same bits at every register width.</summary>
public class WidthTests
{
    private static readonly Func<Layer[]>[] Networks =
    [
        () => [new Dense(37, Activation.Relu), new Dense(5)],
        () => [new GaussianNoise(0.1f), new Dense(21, Activation.Tanh), new Dropout(0.3f), new Dense(19, Activation.Sigmoid), new Dense(5)],
        () => [new Dense(33, Activation.Gelu), new LayerNormalization(), new Dense(18, Activation.Selu), new BatchNormalization(), new ScaleShift(), new Dense(5)],
        () => [new Dense(20, Activation.Silu), new Residual(new Dense(20, Activation.Softplus), new LayerNormalization()), new Dense(5, Activation.HardSwish), new Dense(5)],
    ];

    private static readonly Func<Optimizer>[] Optimizers =
    [
        () => new Sgd(0.1f, 0.9f) { GlobalClipNorm = 0.5f, MaxNorm = 1 },
        () => new AdamW { GlobalClipNorm = 1, ClipValue = 0.1f, L1Penalty = 1e-4f, EmaDecay = 0.9f },
        () => new RmsProp { L2Penalty = 1e-4f },
        () => new Adagrad(learningRateDecay: 0.1f, initialAccumulator: 0.1f),
        () => new AdamW { AmsGrad = true, GlobalClipInfinityNorm = 0.1f },
        () => new Adamax(),
        () => new NAdam(),
        () => new RAdam(beta2: 0.9f),
        () => new Adadelta(),
        () => new Lion(),
        () => new RmsProp(momentum: 0.9f),
        () => new RmsProp(momentum: 0.9f, centered: true),
    ];

    [Test]
    public void Whole_trainings([Range(0, 3)] int network, [Range(0, 11)] int optimizer, [Values] RegisterWidth width)
    {
        width.AssumeUsed();
        Assert.That(Train(network, optimizer, (SimdWidth)width), Is.EqualTo(Train(network, optimizer, SimdWidth.Bits128)));
    }

    [Test]
    public void Sums_along_a_row([Values] RegisterWidth width)
    {
        width.AssumeUsed();
        foreach (int length in (int[])[0, 1, 3, 15, 16, 17, 31, 33, 100, 4095, 4096, 4097, 9000, 20_000])
        {
            float[] values = TestValues.Uniform(length, 5);
            float expected = RowSum.OfSquares(SimdWidth.Bits256, values);
            Assert.That(RowSum.OfSquares((SimdWidth)width, values), Is.EqualTo(expected), $"{length}");
            Assert.That(expected, Is.EqualTo(values.Sum(value => (double)value * value)).Within(1e-5).Percent.Or.EqualTo(0).Within(1e-6));
        }
    }

    [Test]
    public void Softmax_of_rows_of_any_length([Values] RegisterWidth width)
    {
        width.AssumeUsed();
        for (int length = 1; length < 100; length++)
        {
            float[] x = TestValues.Uniform(length, 7, -90, -10), y = new float[length];
            (double logSum, float maximum) = Softmax.Row(x, y, 2, (SimdWidth)width);
            double sum = x.Sum(value => Math.Exp((double)value - x.Max()));
            Assert.That(maximum, Is.EqualTo(x.Max()));
            Assert.That(logSum, Is.EqualTo(Math.Log(sum)).Within(1e-6));
            Assert.That(y, Is.EqualTo(x.Select(value => 2 * Math.Exp((double)value - x.Max()) / sum)).Within(1e-6));
        }
    }

    [Test]
    public void Softmax_of_a_row_with_NaN_or_positive_infinity_or_of_negative_infinities_is_NaN(
        [Values] RegisterWidth width, [Values(float.NaN, float.PositiveInfinity)] float value, [Values(0, 17, 63, 69)] int place)
    {
        width.AssumeUsed();
        float[] x = TestValues.Uniform(70, 8), y = new float[70];
        x[place] = value;
        Assert.That(Softmax.Row(x, y, 1, (SimdWidth)width).ShiftedLogSum, Is.NaN);
        Assert.That(float.IsFinite(y.Sum()), Is.False);
        Array.Fill(x, float.NegativeInfinity);
        Assert.That(Softmax.Row(x, y, 1, (SimdWidth)width).ShiftedLogSum, Is.NaN);
        Assert.That(y, Is.All.NaN);
    }

    [Test]
    public void Exponentials_and_logarithms([Values] RegisterWidth width)
    {
        width.AssumeUsed();
        float[] x = [.. TestValues.Uniform(500, 6, -100, 100), 0, -0f, 1, float.Epsilon, 88.7f, 89, -87.4f, -103.9f, -104, float.PositiveInfinity, float.NegativeInfinity];
        Assert.That(Apply(default(SigmoidFunction), (SimdWidth)width), Is.EqualTo(Apply(default(SigmoidFunction), SimdWidth.Bits128)));
        Assert.That(Apply(default(SoftplusFunction), (SimdWidth)width), Is.EqualTo(Apply(default(SoftplusFunction), SimdWidth.Bits128)));
        Assert.That(Apply(default(GeluFunction), (SimdWidth)width), Is.EqualTo(Apply(default(GeluFunction), SimdWidth.Bits128)));

        int[] Apply<TFunction>(TFunction function, SimdWidth registers)
            where TFunction : struct, IActivationFunction
        {
            var y = new float[x.Length];
            ElementPass.Run(registers, function, x, y);
            return TestValues.Bits(y);
        }
    }

    private static int[] Train(int network, int optimizer, SimdWidth width)
    {
        var trained = new Sequential([23], 1, Networks[network]());
        var trainer = new Trainer(trained, new SoftmaxCrossEntropy(), Optimizers[optimizer](), new Engine(2, width));
        const int Samples = 96;
        int[] labels = [.. Enumerable.Range(0, Samples).Select(i => i * 7 % 5)];
        trainer.Fit(Dataset.FromArrays(TestValues.Uniform(Samples * 23, 9), [23], labels, 5), new FitOptions { Epochs = 2, BatchSize = 24, Seed = 4 });
        return TestValues.Bits(trained.Parameters.Values);
    }
}
