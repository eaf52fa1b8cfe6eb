
namespace NeuralNetFromScratch.Published.Rows;

internal sealed class Simard800 : Row
{
    public override string Name => "simard-800";

    public override string Source => "Simard, Steinkraus, Platt 2003: 784-800-10, cross-entropy, no distortions";

    public override double? Published => 1.6;

    public override Figure Target => Figure.ErrorAtMost(1.65);

    public override string Choice => "ReLU, batch 128, momentum 0.9, one cycle of 20 epochs up to rate 0.3 (of 0.1, 0.3; also tried: batch 32, tanh, standardized inputs, L2 penalties)";

    public override double Run(MnistData data, ulong seed)
    {
        var network = new Sequential([28, 28], seed, new Dense(800, Activation.Relu), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.3f, 0.9f));
        trainer.Fit(data.Training, new FitOptions { Epochs = 20, BatchSize = 128, Seed = seed, Schedule = LearningRateSchedule.OneCycle() });
        return Measure(network.Evaluate(data.Test));
    }
}
