
namespace NeuralNetFromScratch.Published.Rows;

internal sealed class PermutationInvariant : Row
{
    private const float Noise = 0.3f;

    public override string Name => "permutation-invariant";

    public override string Source => "Rasmus et al. 2015 (Ladder networks), supervised baseline: 1000-500-250-250-250-10, batch normalization, ReLU, Gaussian noise 0.3, Adam 0.002, batch 100, 150 epochs, linear decay over the last third; pixels in one fixed random order";

    public override double? Published => 0.80;

    public override Figure Target => Figure.ErrorAtMost(0.85);

    public override int Seeds => 1;

    public override double Run(MnistData data, ulong seed)
    {
        var layers = new List<Layer> { new GaussianNoise(Noise) };
        foreach (int units in (ReadOnlySpan<int>)[1000, 500, 250, 250, 250])
        {
            layers.AddRange(Block(units));
            layers.Add(new ActivationLayer(Activation.Relu));
        }

        layers.AddRange(Block(10));
        var network = new Sequential([784], seed, layers);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(0.002f));
        trainer.Fit(PermutedPixels.Of(data.Training), new FitOptions
        {
            Epochs = 150,
            BatchSize = 100,
            Seed = seed,
            Schedule = LearningRateSchedule.Linear(constantShare: 0.67),
        });
        return Measure(network.Evaluate(PermutedPixels.Of(data.Test)));
    }

    /// <summary>The paper adds its noise after the normalization and before the trained factor and shift.</summary>
    private static Layer[] Block(int units) =>
        [new Dense(units, null, Initializer.LeCunNormal), new BatchNormalization(affine: false), new GaussianNoise(Noise), new ScaleShift()];
}
