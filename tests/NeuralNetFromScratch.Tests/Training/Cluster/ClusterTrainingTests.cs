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
    public void More_shards_than_samples_and_many_ranks([Values(16, 64)] int shards)
    {
        Func<GradientExchange?, string> run = ClusterRecipes.All["batch normalization, a single remaining sample"];
        Assert.That(
            InProcessCluster.Run(16, communicator => run(new GradientExchange(communicator, shards))), Is.All.EqualTo(run(new GradientExchange(Communicator.Alone, shards))));
    }
}
