namespace NeuralNetFromScratch.Published.Rows;

internal sealed class SimardCnn : Row
{
    public override string Name => "simard-cnn";

    public override string Source => "Simard, Steinkraus, Platt 2003: conv5 5 and conv5 50, both with stride 2 on 29 x 29, 100, 10; cross-entropy, elastic distortions sigma 4, alpha 34";

    public override double? Published => 0.4;

    public override Figure Target => Figure.ErrorAtMost(0.45);

    public override string Choice => "ReLU (of that and tanh), batch 64, momentum 0.9; one cycle of 100 epochs up to rate 0.02 (docs/accuracy.md lists the rates)";

    public override double Run(MnistData data, ulong seed)
    {
        var network = new Sequential(
            [28, 28, 1], seed,
            new Conv2D(5, 5, Activation.Relu) { Stride = 2, Padding = new Padding2D(0, 0, 1, 1) }, new Conv2D(50, 5, Activation.Relu) { Stride = 2 },
            new Dense(100, Activation.Relu), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.02f, 0.9f));
        trainer.Fit(data.Training, new FitOptions
        {
            Epochs = 100,
            BatchSize = 64,
            Seed = seed,
            Schedule = LearningRateSchedule.OneCycle(),
            Augmentation = new ImageAugmentation { Elastic = (4, 34) },
        });
        return Measure(network.Evaluate(data.Test));
    }
}
