
namespace NeuralNetFromScratch.Published.Rows;

internal sealed class SklearnFilters : Row
{
    public override string Name => "sklearn-filters";

    public override string Source => "scikit-learn, example plot_mnist_filters: hidden 50, SGD 0.1 with Nesterov momentum 0.9, alpha 1e-4, batch 200, 10 epochs";

    public override double? Published => 97.0;

    public override Figure Target => Figure.AccuracyWithin(97.0, 0.4);

    public override double Run(MnistData data, ulong seed)
    {
        // scikit-learn divides its penalty by the batch.
        const int Batch = 200;
        var network = new Sequential([28, 28], seed, new Dense(50, Activation.Relu, Initializer.GlorotUniform), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f, 0.9f, nesterov: true) { L2Penalty = 1e-4f / Batch });
        trainer.Fit(data.Training, new FitOptions { Epochs = 10, BatchSize = Batch, Seed = seed });
        return Measure(network.Evaluate(data.Test));
    }
}
