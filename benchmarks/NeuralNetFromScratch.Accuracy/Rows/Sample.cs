namespace NeuralNetFromScratch.Published.Rows;

internal sealed class Sample : Row
{
    public override string Name => "sample";

    public override string Source => "the project: the default recipe of samples/Mnist and nnfs train";

    public override double? Published => null;

    public override Figure Target => Figure.AccuracyAtLeast(98.0);

    public override string Choice => "784-128-10, momentum 0.9, batch 64, one cycle of 16 epochs up to rate 0.15: the best on the split of those that docs/accuracy.md lists";

    public override double Run(MnistData data, ulong seed)
    {
        var network = new Sequential([28, 28], seed, new Dense(128, Activation.Relu), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.15f, 0.9f));
        trainer.Fit(data.Training, new FitOptions { Epochs = 16, BatchSize = 64, Seed = seed, Schedule = LearningRateSchedule.OneCycle() });
        return Measure(network.Evaluate(data.Test));
    }
}
