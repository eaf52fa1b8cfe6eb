
namespace NeuralNetFromScratch.Published.Rows;

internal sealed class SimardElastic : Row
{
    public override string Name => "simard-elastic";

    public override string Source => "Simard, Steinkraus, Platt 2003: 784-800-10, cross-entropy, elastic distortions sigma 4, alpha 34";

    public override double? Published => 0.7;

    public override Figure Target => Figure.ErrorAtMost(0.8);

    public override string Choice => "ReLU, batch 128, momentum 0.9 as in simard-800; one cycle of 150 epochs up to rate 0.1 (of 0.1 and 0.3: 1.13 and 1.37 % errors on the split after 15 epochs, 0.87 and 0.93 % after 40)";

    public override double Run(MnistData data, ulong seed)
    {
        var network = new Sequential([28, 28], seed, new Dense(800, Activation.Relu), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f, 0.9f));
        trainer.Fit(data.Training, new FitOptions
        {
            Epochs = 150,
            BatchSize = 128,
            Seed = seed,
            Schedule = LearningRateSchedule.OneCycle(),
            Augmentation = new ImageAugmentation { Elastic = (4, 34) },
        });
        return Measure(network.Evaluate(data.Test));
    }
}
