namespace NeuralNetFromScratch.Tests.Networks;

/// <summary>Many outputs: memory grows with their number, not with its square.</summary>
public class WideNetworkTests
{
    [Test]
    public void Fifty_thousand_classes_are_evaluated_without_a_matrix_of_them()
    {
        const int Classes = 50_000;
        var network = new Sequential([2], 1, new Dense(Classes));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        Dataset samples = Dataset.FromArrays([1, 2, 3, 4], [2], [49_999, 7], Classes);
        TrainingHistory history = trainer.Fit(samples, new FitOptions { Epochs = 2, Validation = samples });
        long before = GC.GetTotalAllocatedBytes(precise: true);
        EvaluationResult result = network.Evaluate(samples);
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(50_000_000));
        Assert.That(result.Loss, Is.EqualTo(history.Epochs[^1].Validation!.Loss));
        Assert.That(result.Accuracy, Is.InRange(0, 1));
        Assert.That(() => network.Evaluate(samples, metrics: [new ConfusionMatrixMetric()]), Throws.ArgumentException.With.Message.Contains("too large for a matrix"));
    }

    [Test]
    public void An_autoencoder_of_a_hundred_thousand_outputs_is_validated_in_small_blocks()
    {
        const int Width = 100_000;
        var network = new Sequential([Width], 1, new Dense(2, Activation.Tanh), new Dense(Width));
        float[] values = new float[3 * Width];
        for (int i = 0; i < values.Length; i++)
            values[i] = i % 7 / 7f;
        Dataset samples = Dataset.FromTargets(values, [Width], values, Width);
        TrainingHistory history = new Trainer(network, new MeanSquaredError(), new Sgd(1e-3f)).Fit(samples, new FitOptions { Epochs = 1, Validation = samples });
        Assert.That(history.Epochs[0].Validation!.Loss, Is.Positive);
        Assert.That(Evaluator.BlockRows(network), Is.EqualTo(16), "values of a worker's buffer: 1.6 million");
        Assert.That(Evaluator.BlockRows(new Sequential([784], 1, new Dense(10))), Is.EqualTo(192));
    }
}
