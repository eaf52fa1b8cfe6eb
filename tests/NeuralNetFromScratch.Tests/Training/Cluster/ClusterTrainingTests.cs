namespace NeuralNetFromScratch.Tests.Training.Cluster;

/// <summary>Whole trainings in eight shards have the same bits on 1, 2, 4 and 8 ranks.</summary>
public class ClusterTrainingTests
{
    private static IEnumerable<string> Names => ClusterRecipes.All.Keys;

    [Test]
    public void A_training_has_the_same_bits_on_any_number_of_ranks([ValueSource(nameof(Names))] string recipe)
    {
        Func<GradientExchange?, string> run = ClusterRecipes.All[recipe];
        string alone = run(new GradientExchange(Communicator.Alone));
        foreach (int ranks in (int[])[1, 2, 4, 8])
            Assert.That(InProcessCluster.Run(ranks, communicator => run(new GradientExchange(communicator))), Is.All.EqualTo(alone), $"{ranks} ranks");
    }

    [Test]
    public void The_number_of_shards_belongs_to_the_recipe() =>
        Assert.That(ClusterRecipes.All["dense"](new GradientExchange(Communicator.Alone, shards: 4)), Is.Not.EqualTo(ClusterRecipes.All["dense"](new GradientExchange(Communicator.Alone))));

    [Test]
    public void An_exchange_of_one_shard_is_the_same_as_none([ValueSource(nameof(Names))] string recipe) =>
        Assert.That(ClusterRecipes.All[recipe](new GradientExchange(Communicator.Alone, shards: 1)), Is.EqualTo(ClusterRecipes.All[recipe](null)));

    [Test]
    public void A_communicator_of_one_thread_exchanges_after_the_backward_pass()
    {
        Func<GradientExchange?, string> run = ClusterRecipes.All["a large layer, in two buckets"];
        Assert.That(
            InProcessCluster.Run(4, communicator => run(new GradientExchange(communicator)), allowsAnyThread: false),
            Is.All.EqualTo(run(new GradientExchange(Communicator.Alone))));
    }

    [Test]
    public void Gradients_of_the_last_layers_are_sent_while_those_of_the_first_are_computed()
    {
        string alone = TrainWide(new GradientExchange(Communicator.Alone, shards: 2), null);
        string[] results = InProcessCluster.Run(2, communicator =>
        {
            using var sent = new ManualResetEventSlim();
            return TrainWide(new GradientExchange(new Announcing(communicator, sent), shards: 2), sent);
        });
        Assert.That(results, Is.All.EqualTo(alone));
    }

    /// <summary>Trains a network with a bucket of gradients before a gate, which opens when gradients are sent, and one after it.</summary>
    public static string TrainWide(GradientExchange exchange, ManualResetEventSlim? sent) => ClusterRecipes.Fit(
        exchange, new([28, 28], 3, new Dense(800, Activation.Relu), new Gate(sent), new Dense(350, Activation.Relu), new Dense(10)), new Sgd(0.1f), ClusterRecipes.Few, new() { Epochs = 1 });

    [Test]
    public void More_shards_than_samples_and_many_ranks([Values(16, 64)] int shards)
    {
        Func<GradientExchange?, string> run = ClusterRecipes.All["batch normalization, a single remaining sample"];
        Assert.That(
            InProcessCluster.Run(16, communicator => run(new GradientExchange(communicator, shards))), Is.All.EqualTo(run(new GradientExchange(Communicator.Alone, shards))));
    }

    /// <summary>Tells when the first gradients are sent.</summary>
    internal sealed class Announcing(Communicator inner, ManualResetEventSlim sent) : Communicator
    {
        private const int BucketBytes = 1 << 19;

        public override int Rank => inner.Rank;

        public override int RankCount => inner.RankCount;

        public override void Swap(ReadOnlySpan<byte> sentBytes, Span<byte> received, int partner)
        {
            if (sentBytes.Length >= BucketBytes && Thread.CurrentThread.Name == "gradient exchange")
                sent.Set();
            inner.Swap(sentBytes, received, partner);
        }

        public override void Abort(string reason) => inner.Abort(reason);
    }

    /// <summary>The identity, whose backward pass waits until gradients are sent.</summary>
    private sealed class Gate(ManualResetEventSlim? sent) : Layer(new Settings(Kind)), IPart<Gate>
    {
        private const int TimeoutMilliseconds = 60_000;

        public static string Kind => "gate";

        public static Gate Create(Settings settings) => new(null);

        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output) => input.Span.CopyTo(output.Span);

        public override void Backward(in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
        {
            if (sent is not null && !sent.Wait(TimeoutMilliseconds))
                throw new InvalidOperationException("no gradients are sent before those of the first layer are computed");
            outputGradient.Span.CopyTo(inputGradient.Span);
        }
    }
}
