
namespace NeuralNetFromScratch.Published.Rows;

internal sealed class NielsenSoftmax100 : Row
{
    public override string Name => "nielsen-softmax-100";

    public override string Source => "M. Nielsen, chapter 6: 784-100-10, sigmoid, softmax, log-likelihood, rate 0.1, batch 10, 60 epochs, first 50,000 samples; the epoch that is best on the other 10,000";

    public override double? Published => 97.80;

    public override Figure Target => Figure.AccuracyAtLeast(97.8);

    public override double Run(MnistData data, ulong seed)
    {
        (Dataset training, Dataset validation) = FirstAndRest(data.Training);
        var start = Initializer.Normal(0.1f);
        var network = new Sequential(
            [28, 28], seed, new Dense(100, Activation.Sigmoid, start, Initializer.Normal(1)), new Dense(10, null, Initializer.Zeros));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
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
