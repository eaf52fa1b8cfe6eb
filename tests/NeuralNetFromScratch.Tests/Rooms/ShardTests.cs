using System.Numerics.Tensors;

namespace NeuralNetFromScratch.Tests.Rooms;

/// <summary>A step whose samples are shared out: gradients are added between computing them and the update.</summary>
public class ShardTests
{
    private const int Samples = 30, Features = 4, First = 13;

    private const ulong Seed = 5;

    private static readonly RandomSource Random = new(seed: 3);

    private static readonly float[] Inputs = [.. Enumerable.Range(0, Samples * Features).Select(i => (float)Random.Normal((ulong)i))];

    private static readonly int[] Labels = [.. Enumerable.Range(0, Samples).Select(i => i % 3)];

    [Test]
    public void Two_shards_make_the_step_of_the_whole_batch()
    {
        Sequential whole = Network(), shared = Network();
        Trainer one = TrainerOf(whole), two = TrainerOf(shared);
        for (int step = 0; step < 3; step++)
        {
            float loss = one.TrainStep(new ReadOnlyMatrixView(Inputs, Samples, Features), Labels, seed: Seed);
            StepTotals first = Shard(two, 0, First);
            float[] gradients = shared.Parameters.Gradients.ToArray();
            StepTotals second = Shard(two, First, Samples - First);
            TensorPrimitives.Add(gradients, shared.Parameters.Gradients, shared.Parameters.Gradients);
            two.Update();
            Assert.That((first.LossSum + second.LossSum) / Samples, Is.EqualTo(loss).Within(1e-6));
        }

        Assert.That(shared.Parameters.Values.ToArray(), Is.EqualTo(whole.Parameters.Values.ToArray()).Within(1e-6));
    }

    private static StepTotals Shard(Trainer trainer, int start, int count)
    {
        TrainingBatch batch = trainer.Load(new ReadOnlyMatrixView(Inputs, Samples, Features).SliceRows(start, count), Labels.AsSpan(start, count));
        return trainer.ComputeGradients(batch with { Divisor = Samples, SampleOffset = start }, Seed);
    }

    private static Trainer TrainerOf(Sequential network) =>
        new(network, new SoftmaxCrossEntropy(), new Sgd(0.1f, momentum: 0.9f), new TrainerOptions { ThreadCount = 2 });

    /// <summary>With a layer whose random numbers go by a sample's place in the step.</summary>
    private static Sequential Network() => new([Features], seed: 1, new Dense(8, Activation.Tanh), new Dropout(0.3f), new Dense(6, Activation.Tanh), new Dense(3));
}
