
namespace NeuralNetFromScratch.Published.Rows;

internal sealed class KerasMlp : Row
{
    public override string Name => "keras-mlp";

    public override string Source => "Keras, example mnist_mlp: 512-512, dropout 0.2, RMSprop 0.001 (rho 0.9, epsilon 1e-7), batch 128, 20 epochs";

    public override double? Published => 98.40;

    public override Figure Target => Figure.AccuracyAtLeast(98.2);

    public override double Run(MnistData data, ulong seed)
    {
        var start = Initializer.GlorotUniform;
        var network = new Sequential(
            [28, 28], seed,
            new Dense(512, Activation.Relu, start), new Dropout(0.2f), new Dense(512, Activation.Relu, start), new Dropout(0.2f), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new RmsProp(0.001f, 0.9f, 1e-7f));
        trainer.Fit(data.Training, new FitOptions { Epochs = 20, BatchSize = 128, Seed = seed });
        return Measure(network.Evaluate(data.Test));
    }
}
