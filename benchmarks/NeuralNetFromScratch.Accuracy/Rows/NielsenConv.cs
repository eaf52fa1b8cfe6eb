namespace NeuralNetFromScratch.Published.Rows;

internal sealed class NielsenConv : Row
{
    public override string Name => "nielsen-conv";

    public override string Source => "M. Nielsen, chapter 6: conv5 20, pool, conv5 40, pool, 100, ReLU; softmax, rate 0.03, lambda 0.1, batch 10, 60 epochs, first 50,000 samples; the epoch that is best on the other 10,000";

    public override double? Published => 99.23;

    public override Figure Target => Figure.AccuracyAtLeast(99.0);

    public override double Run(MnistData data, ulong seed)
    {
        (Dataset training, Dataset validation) = FirstAndRest(data.Training);
        // The book's program: deviations 1/sqrt(filters * places / pooled places) and 1/sqrt(units), biases from a unit normal distribution.
        var biases = Initializer.Normal(1);
        var network = new Sequential(
            [28, 28, 1], seed,
            new Conv2D(20, 5, Activation.Relu, Initializer.Normal(float.Sqrt(1f / 125)), biases), new MaxPool2D(2),
            new Conv2D(40, 5, Activation.Relu, Initializer.Normal(float.Sqrt(1f / 250)), biases), new MaxPool2D(2),
            new Dense(100, Activation.Relu, Initializer.Normal(0.1f), biases), new Dense(10, null, Initializer.Zeros));
        // Its penalty is lambda/2 * the sum of squares, divided by the number of batches.
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.03f) { L2Penalty = 0.1f * 10 / training.Count });
        trainer.Fit(training, new FitOptions
        {
            Epochs = 60,
            BatchSize = 10,
            Seed = seed,
            Validation = validation,
            EarlyStopping = new EarlyStopping { Metric = new Accuracy(), Patience = 60 },
        });
        return Measure(network.Evaluate(data.Test));
    }
}
