using NeuralNetFromScratch.Tests.Reference;
using static NeuralNetFromScratch.Tests.Training.FitOptionsTests;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>Samples that count more than others, and samples with dense targets.</summary>
public class WeightAndTargetTests
{
    [Test]
    public void Sample_weights_scale_loss_and_gradient_of_their_samples()
    {
        float[] inputs = TestValues.Uniform(6 * 20, 1);
        int[] labels = TestValues.Labels(6, 4, 2);
        float[] weights = [1, 0, 2, 0.5f, 1, 3];
        Sequential weighted = Network(), reference = Network();
        float loss = new Trainer(weighted, new SoftmaxCrossEntropy(), new Sgd(0)).TrainStep(new ReadOnlyMatrixView(inputs, 6, 20), labels, weights);
        var single = new Trainer(reference, new SoftmaxCrossEntropy(), new Sgd(0));
        double expectedLoss = 0;
        var expected = new double[reference.Parameters.Gradients.Length];
        for (int i = 0; i < 6; i++)
        {
            expectedLoss += weights[i] * single.TrainStep(new ReadOnlyMatrixView(inputs.AsSpan(20 * i, 20), 1, 20), labels.AsSpan(i, 1)) / 6;
            for (int p = 0; p < expected.Length; p++)
                expected[p] += weights[i] * (double)reference.Parameters.Gradients[p] / 6;
        }

        Assert.That(loss, Is.EqualTo(expectedLoss).Within(1e-6));
        Assert.That(weighted.Parameters.Gradients.ToArray(), Is.EqualTo(expected).Within(1e-6));
        Assert.That(() => single.TrainStep(new ReadOnlyMatrixView(inputs, 6, 20), labels, weights.AsSpan(1)), Throws.ArgumentException.With.Message.Contains("expected 6 weights"));
    }

    [Test]
    public void A_data_set_with_weights_trains_like_one_with_repeated_samples()
    {
        Dataset data = Separable(40);
        float[] weights = [.. Enumerable.Range(0, 40).Select(i => i % 3 == 0 ? 2f : 1)];
        int[] repeated = [.. Enumerable.Range(0, 40).SelectMany(i => Enumerable.Repeat(i, (int)weights[i]))];
        // The weighted mean divides by the samples, the other by the repetitions.
        float[] byWeight = Train(data.WithWeights(weights).Subset([.. Enumerable.Range(0, 40)]), 0.1f), byRepetition = Train(data.Subset(repeated), 0.1f * repeated.Length / 40);
        Assert.That(byWeight, Is.EqualTo(byRepetition).Within(1e-5));
        Assert.That(() => data.WithWeights([1]), Throws.ArgumentException);
        Assert.That(() => data.WithWeights([.. Enumerable.Repeat(-1f, 40)]), Throws.ArgumentException);

        static float[] Train(Dataset samples, float rate)
        {
            Sequential network = Network();
            new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(rate)).Fit(samples, new FitOptions { Epochs = 5, BatchSize = 1000, Shuffle = false });
            return network.Parameters.Values.ToArray();
        }
    }

    [Test]
    public void Dense_targets_can_be_fitted_and_evaluated()
    {
        // y = (x₀ + x₁, x₀ − x₁)
        float[] features = TestValues.Uniform(400, 1), targets = new float[400];
        for (int i = 0; i < 200; i++)
            (targets[2 * i], targets[2 * i + 1]) = (features[2 * i] + features[2 * i + 1], features[2 * i] - features[2 * i + 1]);
        Dataset data = Dataset.FromTargets(features, [2], targets, 2);
        var network = new Sequential([2], 1, new Dense(2)) { OutputActivation = OutputActivation.None };
        var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(0.3f));
        trainer.Fit(data, new FitOptions { Epochs = 40, BatchSize = 20, ValidationFraction = 0.1 });
        EvaluationResult evaluation = network.Evaluate(data);
        Assert.That(evaluation.Loss, Is.LessThan(1e-6));
        Assert.That(evaluation.Metrics, Is.Empty);
        Assert.That(() => evaluation.Accuracy, Throws.InvalidOperationException);
        Assert.That(network.Evaluate(data, metrics: [new R2()])["r2"].Value, Is.GreaterThan(0.99));
        Assert.That(network.Predict(data).AsMatrix().Span.ToArray(), Is.EqualTo(targets).Within(0.01));
        Assert.That(() => data.GetLabel(0), Throws.InstanceOf<NotSupportedException>());
        Assert.That(() => Dataset.FromTargets(features, [2], targets[1..], 2), Throws.ArgumentException);
        Assert.That(
            () => new Trainer(Network(), new MeanSquaredError(), new Sgd()).Fit(Dataset.FromTargets(new float[20], [20], [1, 2], 2), new FitOptions()),
            Throws.ArgumentException.With.Message.Contains("dense2: 4 outputs, but the data set has targets of length 2"));
    }
}
