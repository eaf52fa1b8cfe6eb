namespace NeuralNetFromScratch.Published.Rows;

/// <param name="isDistorted">Whether the samples are distorted, another way in each epoch.</param>
internal sealed class LeNet5(bool isDistorted) : Row
{
    public override string Name => isDistorted ? "lenet-5-distorted" : "lenet-5";

    public override string Source =>
        "LeCun, Bottou, Bengio, Haffner 1998: conv5 6 on 32 x 32, mean pool, conv5 16, mean pool, 120, 84, 10" + (isDistorted ? "; shifted, scaled, squeezed and sheared" : "");

    public override double? Published => isDistorted ? 0.8 : 0.95;

    public override Figure Target => Figure.ErrorAtMost(isDistorted ? 0.85 : 1.0);

    public override string Choice => "every map of the second convolution sees all six, softmax and cross-entropy; ReLU (of that and tanh), batch 64, momentum 0.9, one cycle of 20 epochs up to rate 0.05 (of 0.05 and 0.1)"
        + (isDistorted ? "; shift 2, rotation 10 degrees, scale 0.9 to 1.1, shear 0.1" : "");

    public override double Run(MnistData data, ulong seed)
    {
        var network = new Sequential(
            [28, 28, 1], seed,
            new Conv2D(6, 5, Activation.Relu) { Padding = 2 }, new AveragePool2D(2), new Conv2D(16, 5, Activation.Relu), new AveragePool2D(2),
            new Dense(120, Activation.Relu), new Dense(84, Activation.Relu), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.05f, 0.9f));
        trainer.Fit(data.Training, new FitOptions
        {
            Epochs = 20,
            BatchSize = 64,
            Seed = seed,
            Schedule = LearningRateSchedule.OneCycle(),
            Augmentation = isDistorted ? new ImageAugmentation { MaxShift = 2, MaxRotation = 10, Scale = (0.9f, 1.1f), MaxShear = 0.1f } : null,
        });
        return Measure(network.Evaluate(data.Test));
    }
}
