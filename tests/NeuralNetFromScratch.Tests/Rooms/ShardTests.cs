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

    [Test]
    public void Two_machines_that_exchange_gradients_stay_the_same_to_the_bit()
    {
        Sequential here = Network(), there = Network(), alone = Network();
        var sum = new Sum();
        Trainer first = TrainerOf(here, sum), second = TrainerOf(there, sum), both = TrainerOf(alone);
        for (int step = 0; step < 3; step++)
        {
            StepTotals hereTotals = Shard(first, 0, First), thereTotals = Shard(second, First, Samples - First);
            // What a transport does: each learns the sum of both.
            sum.Gradients = new float[here.Parameters.Gradients.Length];
            TensorPrimitives.Add(here.Parameters.Gradients, there.Parameters.Gradients, sum.Gradients);
            sum.Totals = new StepTotals(Samples, hereTotals.LossSum + thereTotals.LossSum, Samples);
            Assert.That(first.Exchange(hereTotals), Is.EqualTo(second.Exchange(thereTotals)));
            first.Update();
            second.Update();

            Shard(both, 0, First);
            float[] gradients = alone.Parameters.Gradients.ToArray();
            Shard(both, First, Samples - First);
            TensorPrimitives.Add(gradients, alone.Parameters.Gradients, alone.Parameters.Gradients);
            both.Update();
        }

        Assert.That(there.Parameters.Values.ToArray(), Is.EqualTo(here.Parameters.Values.ToArray()));
        Assert.That(alone.Parameters.Values.ToArray(), Is.EqualTo(here.Parameters.Values.ToArray()), "one machine that computes both shards");
    }

    [Test]
    public void A_layers_gradients_are_announced_while_those_before_it_are_still_to_come()
    {
        Sequential network = Network();
        var sum = new Sum();
        Shard(TrainerOf(network, sum), 0, Samples);
        Assert.That(sum.Announced, Is.EqualTo((string[])["dense3.weight", "dense3.bias", "dense2.weight", "dense2.bias", "dense1.weight", "dense1.bias"]));
    }

    private static StepTotals Shard(Trainer trainer, int start, int count)
    {
        TrainingBatch batch = trainer.Load(new ReadOnlyMatrixView(Inputs, Samples, Features).SliceRows(start, count), Labels.AsSpan(start, count));
        return trainer.ComputeGradients(batch with { Divisor = Samples, SampleOffset = start }, Seed);
    }

    private static Trainer TrainerOf(Sequential network, GradientExchange? exchange = null) =>
        new(network, new SoftmaxCrossEntropy(), new Sgd(0.1f, momentum: 0.9f), new TrainerOptions { ThreadCount = 2, Exchange = exchange });

    /// <summary>With a layer whose random numbers go by a sample's place in the step.</summary>
    private static Sequential Network() => new([Features], seed: 1, new Dense(8, Activation.Tanh), new Dropout(0.3f), new Dense(6, Activation.Tanh), new Dense(3));

    /// <summary>Gives each machine what a transport has added up.</summary>
    private sealed class Sum : GradientExchange
    {
        public float[] Gradients { get; set; } = [];

        public StepTotals Totals { get; set; }

        public List<string> Announced { get; } = [];

        public override void OnLayerFinished(ParameterStore parameters, int first, int count) =>
            Announced.AddRange(Enumerable.Range(first, count).Select(i => parameters[i].Name));

        public override StepTotals Exchange(ParameterStore parameters, StepTotals totals)
        {
            Gradients.CopyTo(parameters.Gradients);
            return Totals;
        }
    }
}
