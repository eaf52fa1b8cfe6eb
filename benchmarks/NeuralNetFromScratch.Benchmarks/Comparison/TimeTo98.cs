
namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>
/// The recipe for 98 % as fast as possible. It was chosen on a 50,000/10,000 split of the training set, never on the test set.
/// </summary>
internal static class TimeTo98
{
    public static Sequential Train(Dataset training, ulong seed, ZeroSkipping zeros)
    {
        var network = new Sequential(
            [28, 28], seed, new Dense(160) { ZeroSkipping = zeros }, new BatchNormalization(), new ActivationLayer(Activation.Relu), new Dense(10));
        var trainer = new Trainer(
            network, new SoftmaxCrossEntropy { LabelSmoothing = 0.05f }, new Sgd(0.3f, 0.9f, nesterov: true), new TrainerOptions { ThreadCount = 2 });
        trainer.Fit(training, new FitOptions { Epochs = 3, BatchSize = 128, Seed = seed, Schedule = LearningRateSchedule.OneCycle() });
        return network;
    }
}
