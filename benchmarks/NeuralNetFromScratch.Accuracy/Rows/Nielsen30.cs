using NeuralNetFromScratch.Data;

namespace NeuralNetFromScratch.Accuracy.Rows;

internal sealed class Nielsen30 : Row
{
    public override string Name => "nielsen-30";

    public override string Source => "M. Nielsen, Neural Networks and Deep Learning, chapter 1: 784-30-10, sigmoid, quadratic cost, rate 3, batch 10, 30 epochs, first 50,000 samples; the epoch that is best on the other 10,000";

    public override double? Published => 95.42;

    public override Figure Target => Figure.AccuracyAtLeast(95.0);

    public override double Run(MnistData data, ulong seed)
    {
        // The book's cost is half the squared distance; the mean over ten outputs has a fifth of its gradient.
        const float Rate = 3f * 10 / 2;
        var start = Initializer.Normal(1);
        var network = new Sequential([28, 28], seed, new Dense(30, Activation.Sigmoid, start, start), new Dense(10, Activation.Sigmoid, start, start));
        var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(Rate));
        (Dataset training, Dataset validation) = FirstAndRest(data.Training);
        trainer.Fit(training, new FitOptions
        {
            Epochs = 30,
            BatchSize = 10,
            Seed = seed,
            Validation = validation,
            EarlyStopping = new EarlyStopping { Monitor = MonitoredFigure.ValidationAccuracy, Patience = 30 },
        });
        return Measure(trainer.Evaluate(data.Test));
    }
}
