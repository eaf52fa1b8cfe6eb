
namespace NeuralNetFromScratch.Published.Rows;

/// <summary>The lab sheet's own network.</summary>
/// <param name="iterations">How many updates.</param>
/// <param name="target">The accuracy ten iterations before the end, in percent.</param>
internal sealed class Lab(int iterations, double target) : Row
{
    private const int FullLength = 500;

    public override string Name => iterations == FullLength ? "lab" : $"lab-{iterations}";

    public override string Source =>
        $"the lab sheet: 784-10-10, all samples at once, rate 0.1, {iterations} iterations; training accuracy at iteration {iterations - 10}";

    public override double? Published => null;

    public override Figure Target => Figure.AccuracyAtLeast(target);

    public override string Choice => "start uniform in (-0.5, 0.5)";

    public override double Run(MnistData data, ulong seed)
    {
        var start = Initializer.Uniform(-0.5f, 0.5f);
        var network = new Sequential([28, 28], seed, new Dense(10, Activation.Relu, start, start), new Dense(10, null, start, start));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        TrainingHistory history = trainer.Fit(
            data.Training, new FitOptions { Epochs = iterations, BatchSize = data.Training.Count, Seed = seed, Shuffle = false });
        // An epoch's accuracy is that before its update, so that record n (from 0) is what n updates reached.
        return 100 * history.Epochs[iterations - 10].Training.Accuracy;
    }
}
