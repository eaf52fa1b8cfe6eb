using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>Options that are refused.</summary>
public class FitRefusalTests
{
    [Test]
    public void Options_that_make_no_sense_are_refused()
    {
        var trainer = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd());
        Dataset data = Separable(10);
        Refused(new FitOptions { AccumulationSteps = 0 }, "AccumulationSteps");
        Refused(new FitOptions { ValidationFraction = 1 }, "ValidationFraction must be at least 0 and less than 1, got 1");
        Refused(new FitOptions { ValidationFraction = 0.1, Validation = data }, "both Validation and ValidationFraction are set");
        Refused(new FitOptions { EarlyStopping = new() }, "there are no validation samples");
        Refused(new FitOptions { EarlyStopping = new() { Patience = -1 } }, "Patience");
        Refused(new FitOptions { EarlyStopping = new() { MinImprovement = double.NaN, WatchesTraining = true } }, "MinImprovement");
        Assert.That(() => trainer.FindLearningRate(data, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => trainer.FindLearningRate(data, 1, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => trainer.FindLearningRate(data, stepCount: 1), Throws.InstanceOf<ArgumentOutOfRangeException>());

        void Refused(FitOptions options, string message) =>
            Assert.That(() => trainer.Fit(data, options), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));
    }

    private static Sequential Network() => new([20], 1, new Dense(15, Activation.Relu), new Dense(4));

    /// <summary>Four classes, each with its own corner of the space.</summary>
    private static Dataset Separable(int count)
    {
        float[] features = TestValues.Uniform(count * 20, 9);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 4)];
        for (int i = 0; i < count; i++)
            features[i * 20 + labels[i]] += 3;
        return Dataset.FromArrays(features, [20], labels, 4);
    }
}
