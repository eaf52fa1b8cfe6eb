namespace NeuralNetFromScratch.Tests.Losses;

/// <summary>What losses check, and their decisions at the bounds.</summary>
public class LossContractTests
{
    private static readonly float[][] _invalidWeights = [[1, -1], [1, float.NaN], [float.PositiveInfinity, 1]];

    [TestCaseSource(nameof(_invalidWeights))]
    public void Weights_that_are_negative_or_not_finite_are_refused_from_a_file_too(float[] weights)
    {
        Assert.That(() => new SoftmaxCrossEntropy { ClassWeights = weights }, Throws.ArgumentException);
        Assert.That(() => new BinaryCrossEntropy { PositiveWeights = weights }, Throws.ArgumentException);
        Assert.That(() => SoftmaxCrossEntropy.Create(new Settings(SoftmaxCrossEntropy.Kind).WithList("classWeights", weights)), Throws.ArgumentException);
        Assert.That(() => BinaryCrossEntropy.Create(new Settings(BinaryCrossEntropy.Kind).WithList("positiveWeights", weights)), Throws.ArgumentException);
    }

    [Test]
    public void Weights_must_not_be_null()
    {
        Assert.That(() => new SoftmaxCrossEntropy { ClassWeights = null! }, Throws.ArgumentNullException);
        Assert.That(() => new BinaryCrossEntropy { PositiveWeights = null! }, Throws.ArgumentNullException);
    }

    [Test]
    public void There_is_one_weight_for_each_output()
    {
        var softmax = new SoftmaxCrossEntropy { ClassWeights = [1, 2, 3] };
        var binary = new BinaryCrossEntropy { PositiveWeights = [1, 2, 3] };
        foreach (Loss loss in (Loss[])[softmax, binary])
        {
            Assert.That(() => loss.CheckOutputs(3), Throws.Nothing);
            Assert.That(() => loss.CheckOutputs(2), Throws.ArgumentException.With.Message.Contains("expected 3 outputs"));
            Assert.That(() => loss.CheckOutputs(4), Throws.ArgumentException.With.Message.Contains("got 4"));
            Assert.That(() => loss.Evaluate(new ReadOnlyMatrixView([1, 2, 3, 4], 1, 4), [1], 1, default), Throws.ArgumentException);
            Assert.That(() => loss.Evaluate(new ReadOnlyMatrixView([1, 2], 1, 2), new ReadOnlyMatrixView([0, 1], 1, 2), 1, default), Throws.ArgumentException);
        }

        Assert.That(() => new SoftmaxCrossEntropy().CheckOutputs(2), Throws.Nothing, "without weights any number fits");
        Assert.That(() => new BinaryCrossEntropy().CheckOutputs(1), Throws.Nothing);
    }

    [TestCase(0, 0, true)]
    [TestCase(0, 1, false)]
    [TestCase(1e-9f, 1, true)]
    [TestCase(1, 0.5f, false)]
    [TestCase(-1, 0.5f, true)]
    [TestCase(1, 0.51f, true)]
    [TestCase(float.NaN, 0, false)]
    public void A_logit_above_zero_predicts_a_target_above_a_half(float output, float target, bool isCorrect)
    {
        Assert.That(new BinaryCrossEntropy().IsCorrect([output], [target]), Is.EqualTo(isCorrect));
        Assert.That(new BinaryCrossEntropy().IsCorrect([1, output], [1, target]), Is.EqualTo(isCorrect), "every output counts");
    }

    [Test]
    public void Classification_has_accuracy_as_its_metric_and_regression_none()
    {
        Assert.That(new MeanSquaredError().DefaultMetrics(hasLabels: false), Is.Empty);
        Assert.That(new MeanSquaredError().DefaultMetrics(hasLabels: true), Has.Count.EqualTo(1).And.One.InstanceOf<Accuracy>());
        Assert.That(new SoftmaxCrossEntropy().DefaultMetrics(hasLabels: false), Has.Count.EqualTo(1).And.One.InstanceOf<Accuracy>());
        Assert.That(new BinaryCrossEntropy().DefaultMetrics(hasLabels: false), Has.Count.EqualTo(1).And.One.InstanceOf<Accuracy>());
    }

    [Test]
    public void A_weight_of_zero_does_not_hide_a_value_that_is_not_a_number()
    {
        var binary = new BinaryCrossEntropy { PositiveWeights = [0] };
        Assert.That(binary.Evaluate(new ReadOnlyMatrixView([float.NaN], 1, 1), new ReadOnlyMatrixView([1], 1, 1), 1, default), Is.NaN);
        var softmax = new SoftmaxCrossEntropy { ClassWeights = [0, 1] };
        Assert.That(softmax.Evaluate(new ReadOnlyMatrixView([1, float.NaN], 1, 2), [0], 1, default), Is.NaN);
    }
}
