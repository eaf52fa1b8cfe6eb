using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Training.Cluster;

/// <summary>Checkpoints of a cluster: rank 0 writes and reads them, and a training goes on with another number of ranks.</summary>
public class ClusterResumeTests
{
    private static readonly FitOptions Options = new()
    {
        Epochs = 4,
        BatchSize = 25,
        ValidationFraction = 0.2,
        Metrics = [new Accuracy(), new RocAuc()],
        EarlyStopping = new() { Patience = 3 },
    };

    [Test]
    public void A_training_goes_on_to_the_same_bits_with_another_number_of_ranks([Values(1, 4, 8)] int before, [Values(1, 2, 8)] int after, [Values(3, 10)] int steps)
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options with { Checkpoint = new CheckpointOptions { Path = folder.File("run") } };
        (string whole, int finished) = Train(Communicator.Alone, Options, stopAfter: -1);
        Assert.That(finished, Is.EqualTo(4 * 5));
        InProcessCluster.Run(before, communicator => Train(communicator, options, steps));
        (string Result, int Steps)[] results = InProcessCluster.Run(after, communicator => Train(communicator, options, stopAfter: -1));
        Assert.That(results.Select(result => result.Result), Is.All.EqualTo(whole));
        Assert.That(results.Select(result => result.Steps), Is.All.EqualTo(20 - steps), "a cancelled training loses no step");

        (string Result, int Steps)[] again = InProcessCluster.Run(before, communicator => Train(communicator, options, stopAfter: -1));
        Assert.That(again.Select(result => result.Result), Is.All.EqualTo(whole), "a finished training");
        Assert.That(again.Select(result => result.Steps), Is.All.Zero);
    }

    [Test]
    public void A_checkpoint_of_other_options_is_refused_alike_by_all()
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options with { Checkpoint = new CheckpointOptions { Path = folder.File("run") } };
        Train(Communicator.Alone, options, stopAfter: 3);
        (_, Exception?[] failures, string? aborted) = InProcessCluster.TryRun(4, communicator => Train(communicator, options with { BatchSize = 30 }, stopAfter: -1));
        Assert.That(failures, Is.All.InstanceOf<InvalidDataException>());
        Assert.That(failures.Select(failure => failure!.Message), Is.All.Contains("batch size: the checkpoint has \"25\", this training \"30\""));
        Assert.That(aborted, Is.Null);

        File.WriteAllText(folder.File("run"), "damaged");
        (_, failures, aborted) = InProcessCluster.TryRun(4, communicator => Train(communicator, options, stopAfter: -1));
        Assert.That(failures, Is.All.InstanceOf<InvalidDataException>());
        Assert.That(aborted, Is.Null);
    }

    [Test]
    public void A_checkpoint_of_another_number_of_shards_is_refused()
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options with { Checkpoint = new CheckpointOptions { Path = folder.File("run") } };
        Train(Communicator.Alone, options, stopAfter: 3);
        var trainer = new Trainer(ClusterRecipes.Plain(), new SoftmaxCrossEntropy(), new Adam(2e-3f));
        Assert.That(
            () => trainer.ResumeOrFit(ClusterRecipes.Digits, options),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("shards: the checkpoint has \"8\", this training \"1\""));
    }

    [Test]
    public void Resume_names_a_file_that_is_missing_on_all_ranks()
    {
        (_, Exception?[] failures, string? aborted) = InProcessCluster.TryRun(2, communicator =>
            new Trainer(ClusterRecipes.Plain(), new SoftmaxCrossEntropy(), new Sgd(), new TrainerOptions { Exchange = new GradientExchange(communicator) })
                .Resume("missing.checkpoint", ClusterRecipes.Few, new FitOptions()));
        Assert.That(failures, Is.All.InstanceOf<IOException>());
        Assert.That(failures.Select(failure => failure!.Message), Is.All.Contains("missing.checkpoint"));
        Assert.That(aborted, Is.Null);
    }

    /// <summary>Trains or goes on, and returns network and history and the number of steps of this call.</summary>
    private static (string Result, int Steps) Train(Communicator communicator, FitOptions options, int stopAfter)
    {
        Sequential network = ClusterRecipes.Plain();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(2e-3f), new TrainerOptions { ThreadCount = 1, Exchange = new GradientExchange(communicator) });
        using var cancellation = new CancellationTokenSource();
        var counter = new Counter(stopAfter, cancellation);
        try
        {
            FitOptions counted = options with { Callbacks = [counter] };
            if (options.Checkpoint is null)
                trainer.Fit(ClusterRecipes.Digits, counted, cancellationToken: cancellation.Token);
            else
                trainer.ResumeOrFit(ClusterRecipes.Digits, counted, cancellationToken: cancellation.Token);
        }
        catch (OperationCanceledException) when (stopAfter > 0)
        {
        }

        return (string.Join('\n', [ClusterRecipes.Hash(network), .. trainer.History.Epochs.Select(ClusterRecipes.Figures)]), counter.Steps);
    }

    private sealed class Counter(int stopAfter, CancellationTokenSource cancellation) : TrainingCallback
    {
        public int Steps { get; private set; }

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++Steps == stopAfter)
                cancellation.Cancel();
        }
    }
}
