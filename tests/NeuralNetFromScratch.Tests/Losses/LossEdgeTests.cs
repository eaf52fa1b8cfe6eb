using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Losses;

public class LossEdgeTests
{
    [Test]
    public void Without_a_gradient_the_loss_is_the_same_for_few_classes_and_for_many([Values(3, 256, 257, 400)] int classes)
    {
        float[] logits = TestValues.Uniform(4 * classes, 1), gradient = new float[4 * classes];
        float[] targets = TestValues.Uniform(4 * classes, 2, 0, 1);
        int[] labels = TestValues.Labels(4, classes, 3);
        var loss = new SoftmaxCrossEntropy { LabelSmoothing = 0.1f };
        ReadOnlyMatrixView outputs = new(logits, 4, classes), wanted = new(targets, 4, classes);
        Assert.That(loss.Evaluate(outputs, labels, 1, default), Is.EqualTo(loss.Evaluate(outputs, labels, 1, new(gradient, 4, classes))));
        Assert.That(loss.Evaluate(outputs, wanted, 1, default), Is.EqualTo(loss.Evaluate(outputs, wanted, 1, new(gradient, 4, classes))));
    }

    [Test]
    public void Class_weights_must_be_one_for_each_output()
    {
        var loss = new SoftmaxCrossEntropy { ClassWeights = [1, 2, 3] };
        Assert.That(() => loss.Evaluate(new(new float[4], 1, 4), [0], 1, default), Throws.ArgumentException.With.Message.Contains("expected 3 outputs"));
        Assert.That(() => loss.Evaluate(new(new float[4], 1, 4), new ReadOnlyMatrixView(new float[4], 1, 4), 1, default), Throws.ArgumentException);
        Assert.That(loss.ClassWeights.ToArray(), Is.EqualTo((float[])[1, 2, 3]));
    }

    [TestCase(-0.1f)]
    [TestCase(1)]
    [TestCase(float.NaN)]
    public void Smoothing_must_be_at_least_0_and_less_than_1(float smoothing) =>
        Assert.That(() => new SoftmaxCrossEntropy { LabelSmoothing = smoothing }, Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void Hubers_threshold_must_be_positive_and_finite(float threshold) =>
        Assert.That(() => new Huber(threshold), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_shape_that_is_wrong_in_one_size_is_refused()
    {
        float[] values = new float[12];
        foreach (Loss loss in (Loss[])[new SoftmaxCrossEntropy(), new BinaryCrossEntropy(), new MeanSquaredError(), new MeanAbsoluteError(), new Huber()])
        {
            foreach ((int rows, int columns) in (ReadOnlySpan<(int, int)>)[(2, 4), (1, 3)])
            {
                Assert.That(
                    () => loss.Evaluate(new(values.AsSpan(0, 6), 2, 3), new ReadOnlyMatrixView(values.AsSpan(0, rows * columns), rows, columns), 1, default),
                    Throws.ArgumentException.With.Message.Contains($"expected targets [2, 3], got [{rows}, {columns}]"));
                Assert.That(
                    () => loss.Evaluate(
                        new(values.AsSpan(0, 6), 2, 3), new ReadOnlyMatrixView(values.AsSpan(0, 6), 2, 3), 1, new(new float[rows * columns], rows, columns)),
                    Throws.ArgumentException.With.Message.Contains($"expected a gradient [2, 3], got [{rows}, {columns}]"));
                Assert.That(
                    () => loss.Evaluate(new(values.AsSpan(0, 6), 2, 3), [0, 1], 1, new(new float[rows * columns], rows, columns)),
                    Throws.ArgumentException.With.Message.Contains($"expected a gradient [2, 3], got [{rows}, {columns}]"));
            }
        }
    }
}
