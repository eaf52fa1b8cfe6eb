namespace NeuralNetFromScratch.Tests.Rooms;

/// <summary>Layers of one network that learn differently.</summary>
public class GroupTests
{
    private const int Samples = 20;

    private static readonly RandomSource Random = new(seed: 3);

    private static readonly float[] Inputs = [.. Enumerable.Range(0, Samples * 4).Select(i => (float)Random.Normal((ulong)i))];

    private static readonly int[] Labels = [.. Enumerable.Range(0, Samples).Select(i => i % 3)];

    [Test]
    public void One_layer_is_frozen_and_one_learns_at_half_the_rate()
    {
        Sequential start = Network(), plain = Train(new Sgd(0.2f)), half = Train(new Sgd(0.1f));
        Sequential grouped = Train(new Sgd(0.2f) { ParameterGroups = [new("dense1") { IsFrozen = true }, new("dense2") { LearningRateFactor = 0.5f }] });
        foreach (string parameter in (string[])["weight", "bias"])
        {
            Same(grouped, start, $"dense1.{parameter}");
            Same(grouped, half, $"dense2.{parameter}");
            Same(grouped, plain, $"dense3.{parameter}");
        }
    }

    private static void Same(Sequential actual, Sequential expected, string parameter) =>
        Assert.That(actual.Parameters[parameter].Values.ToArray(), Is.EqualTo(expected.Parameters[parameter].Values.ToArray()), parameter);

    /// <summary>A network after one step, whose gradients no earlier update has touched.</summary>
    private static Sequential Train(Optimizer optimizer)
    {
        Sequential network = Network();
        new Trainer(network, new SoftmaxCrossEntropy(), optimizer).TrainStep(new ReadOnlyMatrixView(Inputs, Samples, 4), Labels);
        return network;
    }

    private static Sequential Network() => new([4], seed: 1, new Dense(6, Activation.Tanh), new Dense(5, Activation.Tanh), new Dense(3));
}
