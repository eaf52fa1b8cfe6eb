
namespace NeuralNetFromScratch.Published.Rows;

internal sealed class AugmentedMlp : Row
{
    public override string Name => "augmented-mlp";

    public override string Source => "the project: 512-256 tanh, Nesterov 0.9, rate 0.05*0.95^epoch, weight decay 1e-5, batch 128, 15 epochs; rotation 15 degrees, shift 2 px, scale 0.85 to 1.15, elastic alpha 8 sigma 4";

    public override double? Published => 1.17;

    public override Figure Target => Figure.ErrorAtMost(1.3);

    public override string Choice => "LeCun's start (of his and Glorot's), inputs standardized by the training set's mean 0.1307 and deviation 0.3081 (of that and none)";

    public override double Run(MnistData data, ulong seed)
    {
        var start = Initializer.LeCunNormal;
        float[] means = new float[28 * 28], deviations = new float[28 * 28];
        Array.Fill(means, 0.1307f);
        Array.Fill(deviations, 0.3081f);
        var network = new Sequential(
            [28, 28], seed, new Standardization(means, deviations), new Dense(512, Activation.Tanh, start), new Dense(256, Activation.Tanh, start), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.05f, 0.9f, nesterov: true) { L2Penalty = 1e-5f });
        trainer.Fit(data.Training, new FitOptions
        {
            Epochs = 15,
            BatchSize = 128,
            Seed = seed,
            Schedule = LearningRateSchedule.Step(1, 0.95),
            Augmentation = new ImageAugmentation { MaxRotation = 15, MaxShift = 2, Scale = (0.85f, 1.15f), Elastic = (4, 8) },
        });
        return Measure(network.Evaluate(data.Test));
    }
}
