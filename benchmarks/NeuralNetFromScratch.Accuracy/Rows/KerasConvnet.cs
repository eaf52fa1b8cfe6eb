namespace NeuralNetFromScratch.Published.Rows;

internal sealed class KerasConvnet : Row
{
    public override string Name => "keras-convnet";

    public override string Source => "Keras, example mnist_convnet: conv3 32, pool, conv3 64, pool, dropout 0.5, 10; Adam 0.001 (epsilon 1e-7), batch 128, 15 epochs, the last tenth of the samples left out";

    public override double? Published => 99.22;

    public override Figure Target => Figure.AccuracyAtLeast(99.1);

    public override double Run(MnistData data, ulong seed)
    {
        // Keras' validation_split takes the samples from the end.
        (Dataset training, _) = FirstAndRest(data.Training, data.Training.Count / 10 * 9);
        var start = Initializer.GlorotUniform;
        var network = new Sequential(
            [28, 28, 1], seed,
            new Conv2D(32, 3, Activation.Relu, start), new MaxPool2D(2), new Conv2D(64, 3, Activation.Relu, start), new MaxPool2D(2),
            new Dropout(0.5f), new Dense(10, null, start));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(0.001f, epsilon: 1e-7f));
        trainer.Fit(training, new FitOptions { Epochs = 15, BatchSize = 128, Seed = seed });
        return Measure(network.Evaluate(data.Test));
    }
}
