namespace NeuralNetFromScratch.Published.Rows;

/// <param name="isConvolutional">Whether the network has convolutions; otherwise it has dense layers only.</param>
/// <param name="isMixed">Whether the samples are mixed.</param>
internal sealed class FewImages(bool isConvolutional, bool isMixed) : Row
{
    public override string Name => "few-images" + (isConvolutional ? "" : "-dense") + (isMixed ? "-mixup" : "");

    public override string Source =>
        $"the project: 1,000 training images, others for each seed: {(isConvolutional ? "conv3 16, pool, conv3 32, pool, 128, 10" : "784-256-256-10")}; Adam 0.001, batch 50, one cycle of 100 epochs{(isMixed ? "; mixup" : "")}";

    public override double? Published => null;

    public override Figure Target => Figure.ErrorAtMost((isConvolutional, isMixed) switch
    {
        (true, true) => 4.5,
        (true, false) => 5.5,
        (false, true) => 10,
        (false, false) => 10.5,
    });

    public override string Choice => isMixed ? "mixup's alpha 0.1 (of 0.1, 0.2, 0.4 and 1, with convolutions)" : "";

    public override double Run(MnistData data, ulong seed)
    {
        var network = new Sequential([28, 28, 1], seed, isConvolutional ? Convolutions() : Dense());
        new Trainer(network, new SoftmaxCrossEntropy(), new Adam(1e-3f)).Fit(data.Training.Split(1000, seed).HeldOut, new FitOptions
        {
            Epochs = 100,
            BatchSize = 50,
            Seed = seed,
            Schedule = LearningRateSchedule.OneCycle(),
            MixupAlpha = isMixed ? 0.1 : 0,
        });
        return Measure(network.Evaluate(data.Test));
    }

    private static Layer[] Convolutions() =>
        [new Conv2D(16, 3, Activation.Relu), new MaxPool2D(2), new Conv2D(32, 3, Activation.Relu), new MaxPool2D(2), new Dense(128, Activation.Relu), new Dense(10)];

    private static Layer[] Dense() => [new Dense(256, Activation.Relu), new Dense(256, Activation.Relu), new Dense(10)];
}
