using NeuralNetFromScratch.Data;

namespace NeuralNetFromScratch.Accuracy.Rows;

internal sealed class Lab : Row
{
    private const int Iterations = 500;

    public override string Name => "lab";

    public override string Source => "the lab sheet: 784-10-10, all samples at once, rate 0.1, 500 iterations; training accuracy at iteration 490";

    public override double? Published => null;

    public override Figure Target => Figure.AccuracyAtLeast(83);

    public override string Choice => "start uniform in (-0.5, 0.5)";

    public override double Run(MnistData data, ulong seed)
    {
        var start = Initializer.Uniform(-0.5f, 0.5f);
        var network = new Sequential([28, 28], seed, new Dense(10, Activation.Relu, start, start), new Dense(10, null, start, start));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        TrainingHistory history = trainer.Fit(
            data.Training, new FitOptions { Epochs = Iterations, BatchSize = data.Training.Count, Seed = seed, Shuffle = false });
        // An epoch's accuracy is that before its update, so that record 490 (from 0) is what 490 updates reached.
        return 100 * history.Epochs[490].TrainingAccuracy;
    }
}
