using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Losses;

public class LossTests
{
    private const int Rows = 5;
    private static readonly Loss[] All = [new SoftmaxCrossEntropy(), new SoftmaxCrossEntropy { LabelSmoothing = 0.2f }, new MeanSquaredError(), new MeanAbsoluteError(), new Huber(0.7f), new BinaryCrossEntropy()];

    /// <summary>The losses that are a mean over the outputs, as plain formulas of output, target and column, with their derivatives.</summary>
    private static readonly ElementCase[] Elements =
    [
        new(new MeanSquaredError(), (a, t, _) => (a - t) * (a - t), (a, t, _) => 2 * (a - t)),
        new(new MeanAbsoluteError(), (a, t, _) => Math.Abs(a - t), (a, t, _) => Math.Sign(a - t)),
        new(new Huber(0.7f), (a, t, _) => Math.Abs(a - t) <= 0.7f ? (a - t) * (a - t) / 2 : 0.7f * (Math.Abs(a - t) - 0.7f / 2), (a, t, _) => Math.Clamp(a - t, -0.7f, 0.7f)),
        new(new Huber(2), (a, t, _) => Math.Abs(a - t) <= 2 ? (a - t) * (a - t) / 2 : 2 * (Math.Abs(a - t) - 1), (a, t, _) => Math.Clamp(a - t, -2, 2)),
        new(new BinaryCrossEntropy(), (a, t, _) => -t * Math.Log(Sigmoid(a)) - (1 - t) * Math.Log(1 - Sigmoid(a)), (a, t, _) => Sigmoid(a) - t),
        new(
            new BinaryCrossEntropy { PositiveWeights = [1, 0, 3, 0.5f, 2, 1, 4] },
            (a, t, j) => -Positive(j) * t * Math.Log(Sigmoid(a)) - (1 - t) * Math.Log(1 - Sigmoid(a)),
            (a, t, j) => (1 - t) * Sigmoid(a) - Positive(j) * t * (1 - Sigmoid(a))),
    ];

    [Test]
    public void Gradients_agree_with_differences([ValueSource(nameof(All))] Loss loss, [Values(1, 2, 10, 15, 16, 17, 33)] int outputs, [Values] bool hasLabels)
    {
        // Step 2⁻⁷ and tolerance 1e-3: the loss is summed in double from single-precision parts.
        const float Step = 1f / 128, Scale = 0.25f;
        float[] z = TestValues.Uniform(Rows * outputs, 1, -2, 2), gradient = TestValues.Poison(z.Length);
        float[] targets = TestValues.Uniform(z.Length, 2, 0, 1);
        int[] labels = TestValues.Labels(Rows, outputs, 3);
        Evaluate(gradient);
        for (int i = 0; i < z.Length; i++)
        {
            float original = z[i];
            z[i] = original + Step;
            double above = Evaluate([]);
            z[i] = original - Step;
            double below = Evaluate([]);
            z[i] = original;
            // A value within a step of its target lies at the kink of the absolute loss.
            if (loss is not MeanAbsoluteError || Math.Abs(above - 2 * Evaluate([]) + below) < 1e-9)
                Assert.That(gradient[i], Is.EqualTo(Scale * (above - below) / (2 * Step)).Within(1e-3), $"element {i}");
        }

        double Evaluate(float[] into)
        {
            var view = new ReadOnlyMatrixView(z, Rows, outputs);
            MatrixView gradientView = into.Length == 0 ? default : new MatrixView(into, Rows, outputs);
            return hasLabels
                ? loss.Evaluate(view, labels, Scale, gradientView)
                : loss.Evaluate(view, new ReadOnlyMatrixView(targets, Rows, outputs), Scale, gradientView);
        }
    }

    [Test]
    public void Softmax_cross_entropy_is_the_sheets_formula([Values(1, 2, 7, 10, 16, 17, 300)] int classes)
    {
        float[] z = TestValues.Uniform(Rows * classes, 1, -5, 5), gradient = TestValues.Poison(z.Length);
        int[] labels = TestValues.Labels(Rows, classes, 3);
        double actual = new SoftmaxCrossEntropy().Evaluate(new(z, Rows, classes), labels, 1f / Rows, new(gradient, Rows, classes)) / Rows;

        double expected = 0;
        for (int i = 0; i < Rows; i++)
        {
            double sum = Enumerable.Range(0, classes).Sum(j => Math.Exp(z[i * classes + j]));
            for (int j = 0; j < classes; j++)
            {
                double a = Math.Exp(z[i * classes + j]) / sum, y = labels[i] == j ? 1 : 0;
                expected -= y * Math.Log(a) / Rows;
                Assert.That(gradient[i * classes + j], Is.EqualTo((a - y) / Rows).Within(1e-6));
            }
        }

        Assert.That(actual, Is.EqualTo(expected).Within(1e-6 * Math.Max(1, expected)));
    }

    [TestCaseSource(nameof(Elements))]
    public void A_mean_over_the_outputs_is_its_formula_in_double(object elementCase)
    {
        const int Outputs = 7;
        const float Scale = 0.3f;
        var (loss, formula, derivative) = (ElementCase)elementCase;
        float[] a = TestValues.Uniform(Rows * Outputs, 1, -4, 4), t = TestValues.Uniform(a.Length, 2, 0, 1), gradient = TestValues.Poison(a.Length);
        double actual = loss.Evaluate(new(a, Rows, Outputs), new ReadOnlyMatrixView(t, Rows, Outputs), Scale, new(gradient, Rows, Outputs)), expected = 0;
        for (int i = 0; i < a.Length; i++)
        {
            expected += formula(a[i], t[i], i % Outputs) / Outputs;
            Assert.That(gradient[i], Is.EqualTo(Scale * derivative(a[i], t[i], i % Outputs) / Outputs).Within(1e-7), $"element {i}");
        }

        Assert.That(actual, Is.EqualTo(expected).Within(1e-9));
    }

    [Test]
    public void Smoothing_and_class_weights_are_the_formula_in_double([Values] bool hasLabels)
    {
        const int Classes = 4;
        float[] weights = [1, 0, 3, 0.5f], z = TestValues.Uniform(Rows * Classes, 1, -4, 4), targets = TestValues.Uniform(z.Length, 2, 0, 1), gradient = TestValues.Poison(z.Length);
        int[] labels = TestValues.Labels(Rows, Classes, 3);
        var loss = new SoftmaxCrossEntropy { LabelSmoothing = 0.2f, ClassWeights = weights };
        var outputs = new ReadOnlyMatrixView(z, Rows, Classes);
        double actual = hasLabels
            ? loss.Evaluate(outputs, labels, 0.3f, new(gradient, Rows, Classes))
            : loss.Evaluate(outputs, new ReadOnlyMatrixView(targets, Rows, Classes), 0.3f, new(gradient, Rows, Classes));
        double expected = 0;
        for (int i = 0; i < Rows; i++)
        {
            double sum = Enumerable.Range(0, Classes).Sum(j => Math.Exp(z[i * Classes + j])), total = Enumerable.Range(0, Classes).Sum(j => Target(i, j));
            for (int j = 0; j < Classes; j++)
            {
                double probability = Math.Exp(z[i * Classes + j]) / sum;
                expected -= Target(i, j) * Math.Log(probability);
                Assert.That(gradient[i * Classes + j], Is.EqualTo(0.3f * (total * probability - Target(i, j))).Within(5e-7), $"row {i}, class {j}");
            }
        }

        Assert.That(actual, Is.EqualTo(expected).Within(1e-5));

        double Target(int row, int j) => weights[j] * ((1 - 0.2f) * (hasLabels ? (labels[row] == j ? 1 : 0) : targets[row * Classes + j]) + 0.2f / Classes);
    }

    [Test]
    public void One_hot_targets_are_labels([ValueSource(nameof(All))] Loss loss)
    {
        float[] z = TestValues.Uniform(Rows * 4, 1), byLabel = new float[20], byTarget = new float[20], oneHot = new float[20];
        int[] labels = TestValues.Labels(Rows, 4, 3);
        for (int i = 0; i < Rows; i++)
            oneHot[i * 4 + labels[i]] = 1;
        double first = loss.Evaluate(new(z, Rows, 4), labels, 0.2f, new(byLabel, Rows, 4));
        double second = loss.Evaluate(new(z, Rows, 4), new ReadOnlyMatrixView(oneHot, Rows, 4), 0.2f, new(byTarget, Rows, 4));
        Assert.That(second, Is.EqualTo(first).Within(1e-9));
        Assert.That(byTarget, Is.EqualTo(byLabel).Within(1e-7));
    }

    [Test]
    public void Huge_logits_neither_overflow_nor_vanish()
    {
        float[] z = [1e30f, 0, -1e30f, 1e30f], gradient = new float[4];
        double loss = new SoftmaxCrossEntropy().Evaluate(new(z, 1, 4), [0], 1, new(gradient, 1, 4));
        Assert.That(loss, Is.EqualTo(Math.Log(2)).Within(3e-7), "an exponential is right to a unit in the last place");
        Assert.That(gradient, Is.EqualTo((float[])[-0.5f, 0, 0, 0.5f]));
    }

    [Test]
    public void A_class_that_is_impossible_and_not_wanted_costs_nothing()
    {
        float[] z = [0, float.NegativeInfinity, 0], gradient = new float[3];
        double loss = new SoftmaxCrossEntropy().Evaluate(new(z, 1, 3), new ReadOnlyMatrixView([0.5f, 0, 0.5f], 1, 3), 1, new(gradient, 1, 3));
        Assert.That(loss, Is.EqualTo(Math.Log(2)).Within(1e-6));
        Assert.That(gradient, Is.EqualTo((float[])[0, 0, 0]));
    }

    [Test]
    public void NaN_propagates([ValueSource(nameof(All))] Loss loss, [Values(0, 1, 9)] int place)
    {
        float[] z = new float[10], gradient = new float[10];
        z[place] = float.NaN;
        Assert.That(loss.Evaluate(new(z, 1, 10), [3], 1, new(gradient, 1, 10)), Is.NaN);
        Assert.That(gradient[place], Is.NaN);
    }

    [Test]
    public void Huge_logits_do_not_overflow_binary_cross_entropy()
    {
        float[] z = [1e30f, -1e30f, 1e30f, -1e30f, float.PositiveInfinity, float.NegativeInfinity], gradient = new float[6];
        double loss = new BinaryCrossEntropy().Evaluate(new(z, 1, 6), new ReadOnlyMatrixView([1, 0, 0, 1, 1, 0], 1, 6), 1, new(gradient, 1, 6));
        Assert.That(loss, Is.EqualTo(2e30 / 6).Within(1e-5).Percent);
        Assert.That(gradient, Is.EqualTo((float[])[0, 0, 1f / 6, -1f / 6, 0, 0]).Within(1e-7));
    }

    [Test]
    public void A_multi_label_row_is_correct_where_each_logit_is_on_its_targets_side()
    {
        var loss = new BinaryCrossEntropy();
        Assert.That(loss.IsCorrect([1, -2, 3], [1, 0, 1]), Is.True);
        Assert.That(loss.IsCorrect([1, 2, 3], [1, 0, 1]), Is.False);
        Assert.That(loss.IsCorrect([float.NaN], [0]), Is.False);
        Assert.That(new MeanSquaredError().IsCorrect([0.5f], [0.5f]), Is.False, "one number is no class");
        Assert.That(new MeanSquaredError().IsCorrect([0.5f, 0.2f], [1, 0]), Is.True);
    }

    [Test]
    public void Weights_that_do_not_fit_are_refused()
    {
        Assert.That(() => new SoftmaxCrossEntropy { LabelSmoothing = 1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new SoftmaxCrossEntropy { ClassWeights = [1, -1] }, Throws.ArgumentException);
        Assert.That(() => new BinaryCrossEntropy { PositiveWeights = [float.NaN] }, Throws.ArgumentException);
        Assert.That(() => new Huber(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new SoftmaxCrossEntropy { ClassWeights = [1, 2] }.Evaluate(new(new float[3], 1, 3), [0], 1, default), Throws.ArgumentException.With.Message.Contains("expected 2 outputs"));
        Assert.That(() => new BinaryCrossEntropy { PositiveWeights = [1, 2] }.Evaluate(new(new float[3], 1, 3), [0], 1, default), Throws.ArgumentException.With.Message.Contains("expected 2 outputs"));
    }

    [Test]
    public void Mean_squared_error_is_the_mean_over_all_outputs()
    {
        float[] gradient = new float[4];
        double loss = new MeanSquaredError().Evaluate(new([1, 2, 3, 4], 2, 2), new ReadOnlyMatrixView([0, 0, 0, 0], 2, 2), 0.5f, new(gradient, 2, 2));
        Assert.That(loss / 2, Is.EqualTo(30.0 / 4));
        Assert.That(gradient, Is.EqualTo((float[])[0.5f, 1, 1.5f, 2]));
    }

    [Test]
    public void Mismatched_arguments_are_refused([ValueSource(nameof(All))] Loss loss)
    {
        float[] z = new float[6], gradient = TestValues.Poison(6);
        Assert.That(() => loss.Evaluate(new(z, 2, 3), [0, 3], 1, new(gradient, 2, 3)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("label of sample 1 must be 0 to 2"));
        Assert.That(() => loss.Evaluate(new(z, 2, 3), [0, -1], 1, new(gradient, 2, 3)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => loss.Evaluate(new(z, 2, 3), [0], 1, default), Throws.ArgumentException);
        Assert.That(() => loss.Evaluate(new(z, 2, 3), new ReadOnlyMatrixView(z, 3, 2), 1, default), Throws.ArgumentException.With.Message.Contains("expected targets [2, 3], got [3, 2]"));
        Assert.That(() => loss.Evaluate(new(z, 2, 3), [0, 1], 1, new(gradient, 3, 2)), Throws.ArgumentException);
        Assert.That(gradient, Is.All.NaN);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Positive(int column) => new double[] { 1, 0, 3, 0.5, 2, 1, 4 }[column];

    private sealed record ElementCase(Loss Loss, Func<double, double, int, double> Formula, Func<double, double, int, double> Derivative)
    {
        public override string ToString() => Loss.ToString();
    }
}
