
namespace NeuralNetFromScratch.Published.Rows;

internal sealed class Nielsen30 : Row
{
    public override string Name => "nielsen-30";

    public override string Source => "M. Nielsen, Neural Networks and Deep Learning, chapter 1: 784-30-10, sigmoid, quadratic cost, rate 3, batch 10, 30 epochs, first 50,000 samples; the best of the epochs on the test set, as the book gives it";

    public override double? Published => 95.42;

    public override Figure Target => Figure.AccuracyAtLeast(95.0);

    /// <remarks>Single runs lie up to 1.0 apart: the mean of five would say little about two tenths.</remarks>
    public override int Seeds => 20;

    public override double Run(MnistData data, ulong seed)
    {
        // The book's cost is half the squared distance; the mean over ten outputs has a fifth of its gradient.
        const float Rate = 3f * 10 / 2;
        var start = Initializer.Normal(1);
        var network = new Sequential([28, 28], seed, new Dense(30, Activation.Sigmoid, start, start), new Dense(10, Activation.Sigmoid, start, start));
        var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(Rate));
        TrainingHistory history = trainer.Fit(
            FirstAndRest(data.Training).Training, new FitOptions { Epochs = 30, BatchSize = 10, Seed = seed, Validation = data.Test });
        return 100 * history.Epochs.Max(epoch => epoch.Validation!.Accuracy);
    }
}
