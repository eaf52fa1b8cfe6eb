using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Training.Cluster;

/// <summary>The processes of a cluster end a training together, and none waits for another that has failed.</summary>
public class ClusterAgreementTests
{
    private const int Ranks = 4;

    [Test]
    public void A_callback_of_one_rank_stops_all_after_the_same_step([Values(1, 4, 7, 10)] int step)
    {
        (string, long, TrainingEndReason?) Train(Communicator communicator, int stopper)
        {
            Sequential network = ClusterRecipes.Plain();
            Trainer trainer = TrainerOf(network, communicator);
            TrainingHistory history = trainer.Fit(
                ClusterRecipes.Digits, new() { Epochs = 3, BatchSize = 32, Callbacks = [new Act(step, communicator.Rank == stopper ? run => run.Stop() : _ => { })] });
            return (ClusterRecipes.Hash(network), trainer.StepCount, history.EndReason);
        }

        (string, long, TrainingEndReason?) alone = Train(Communicator.Alone, 0);
        Assert.That(alone.Item2, Is.EqualTo(step));
        Assert.That(alone.Item3, Is.EqualTo(TrainingEndReason.Callback));
        Assert.That(InProcessCluster.Run(Ranks, communicator => Train(communicator, stopper: 2)), Is.All.EqualTo(alone));
    }

    [Test]
    public void A_stop_before_the_first_step_reaches_all() => Assert.That(
        InProcessCluster.Run(Ranks, communicator =>
        {
            Trainer trainer = TrainerOf(ClusterRecipes.Plain(), communicator);
            trainer.Fit(ClusterRecipes.Few, new() { Callbacks = communicator.Rank == 1 ? [new StopAtOnce()] : [] });
            return trainer.StepCount;
        }),
        Is.All.Zero);

    [Test]
    public void A_cancellation_of_one_rank_cancels_all_after_the_same_step([Values(1, 5, 8)] int step)
    {
        (string, long) Train(Communicator communicator, int canceller)
        {
            using var cancellation = new CancellationTokenSource();
            Sequential network = ClusterRecipes.Plain();
            Trainer trainer = TrainerOf(network, communicator);
            Assert.That(
                () => trainer.Fit(
                    ClusterRecipes.Digits, new() { Epochs = 3, BatchSize = 32, Callbacks = [new Act(step, communicator.Rank == canceller ? _ => cancellation.Cancel() : _ => { })] },
                    cancellationToken: cancellation.Token),
                Throws.InstanceOf<OperationCanceledException>());
            Assert.That(trainer.History.EndReason, Is.EqualTo(TrainingEndReason.Cancelled));
            return (ClusterRecipes.Hash(network), trainer.StepCount);
        }

        (string, long) alone = Train(Communicator.Alone, 0);
        Assert.That(alone.Item2, Is.EqualTo(step));
        (var results, var failures, string? aborted) = InProcessCluster.TryRun(Ranks, communicator => Train(communicator, canceller: 1));
        Assert.That(failures, Is.All.Null);
        Assert.That(results, Is.All.EqualTo(alone));
        Assert.That(aborted, Is.Null);
    }

    [Test]
    public void A_loss_that_is_not_finite_is_refused_alike_by_all([Values(3, 61, 149)] int sample)
    {
        float[] features = new float[150];
        features[sample] = float.NaN;
        Dataset data = Dataset.FromArrays(features, [1], [.. Enumerable.Range(0, 150).Select(i => i % 2)], 2);
        string Train(Communicator communicator)
        {
            Trainer trainer = TrainerOf(new([1], 1, new Dense(2)), communicator);
            return Assert.Throws<NotFiniteNumberException>(() => trainer.Fit(data, new() { BatchSize = 50, Shuffle = false }))!.Message;
        }

        string alone = Train(Communicator.Alone);
        Assert.That(alone, Does.Contain($"sample {sample} is the first whose features are not finite"));
        (string?[] messages, _, string? aborted) = InProcessCluster.TryRun(Ranks, Train);
        Assert.That(messages, Is.All.EqualTo(alone));
        Assert.That(aborted, Is.Null);
    }

    [Test]
    public void An_exception_on_one_rank_ends_the_others()
    {
        (_, Exception?[] failures, string? aborted) = InProcessCluster.TryRun(Ranks, communicator =>
            TrainerOf(new([3], 1, new Dense(2)), communicator).Fit(new CountingDataset(64, 3, 2, failAt: communicator.Rank == 3 ? 63 : -1), new() { BatchSize = 64, Shuffle = false }));
        Assert.That(failures, Has.All.Not.Null);
        Assert.That(failures[3], Is.InstanceOf<NotSupportedException>());
        Assert.That(aborted, Does.StartWith("System.NotSupportedException: sample 63"));
    }

    [Test]
    public void An_exception_of_one_process_leaves_its_trainer_usable()
    {
        Trainer trainer = TrainerOf(new([3], 1, new Dense(2)), Communicator.Alone);
        Assert.That(() => trainer.Fit(new CountingDataset(64, 3, 2, failAt: 20)), Throws.InstanceOf<NotSupportedException>());
        Assert.That(trainer.Fit(new CountingDataset(64, 3, 2)).Epochs, Has.Count.EqualTo(10));
    }

    [Test]
    public void Processes_with_other_options_are_refused()
    {
        Assert.That(
            Refusals(communicator => TrainerOf(ClusterRecipes.Plain(), communicator).Fit(ClusterRecipes.Few, new() { BatchSize = communicator.Rank == 2 ? 16 : 32 })),
            Is.All.Contains("the processes of the cluster differ in batch size: rank 0 has 32, rank 2 has 16"));
        Assert.That(
            Refusals(communicator => TrainerOf(ClusterRecipes.Plain(), communicator, shards: communicator.Rank == 1 ? 16 : 8).Fit(ClusterRecipes.Few)),
            Is.All.Contains("differ in shards: rank 0 has 8, rank 1 has 16"));
        Assert.That(
            Refusals(communicator => TrainerOf(ClusterRecipes.Plain(), communicator).Fit(communicator.Rank == 3 ? ClusterRecipes.Digits : ClusterRecipes.Few)),
            Is.All.Contains("differ in samples: rank 0 has 37, rank 3 has 150"));
        Assert.That(
            Refusals(communicator =>
            {
                Trainer trainer = TrainerOf(ClusterRecipes.Plain(), communicator);
                if (communicator.Rank == 0)
                    trainer.Fit(ClusterRecipes.Few);
                else
                    trainer.FindLearningRate(ClusterRecipes.Few);
                return 0;
            }),
            Is.All.Contains("differ in call: rank 0 has Fit, rank 1 has single steps"));
    }

    [Test]
    public void A_process_that_refuses_its_arguments_does_not_keep_the_others_waiting()
    {
        (_, Exception?[] failures, string? aborted) = InProcessCluster.TryRun(Ranks, communicator =>
            TrainerOf(ClusterRecipes.Plain(), communicator).Fit(ClusterRecipes.Few, new() { BatchSize = communicator.Rank == 2 ? 0 : 32 }));
        Assert.That(aborted, Is.Null);
        Assert.That(failures[2], Is.InstanceOf<ArgumentOutOfRangeException>());
        foreach (int rank in (int[])[0, 1, 3])
            Assert.That(failures[rank], Is.InstanceOf<InvalidOperationException>().With.Message.StartsWith("rank 2 does not train: BatchSize"));
    }

    [Test]
    public void Processes_that_drift_apart_are_told_where_and_since_when() => Assert.That(
        Refusals(communicator =>
        {
            Sequential network = ClusterRecipes.Plain();
            var exchange = new GradientExchange(communicator) { ComparisonInterval = 10 };
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f), new TrainerOptions { ThreadCount = 1, Exchange = exchange });
            void Change(TrainingRun run) => network.Parameters["dense2.weight"].Values[3] += communicator.Rank == 3 ? 1e-6f : 0;
            return trainer.Fit(ClusterRecipes.Digits, new() { Epochs = 5, BatchSize = 32, Callbacks = [new Act(12, Change)] });
        }),
        Is.All.StartsWith("ranks 0 and 3 differ in dense2.weight since a step from 11 to 20;"));

    [Test]
    public void All_begin_with_the_parameters_of_rank_0()
    {
        string[] hashes = InProcessCluster.Run(Ranks, communicator =>
        {
            var network = new Sequential([28, 28], seed: (ulong)communicator.Rank, new Dense(10));
            TrainerOf(network, communicator).Fit(ClusterRecipes.Few, new() { Epochs = 1 });
            return ClusterRecipes.Hash(network);
        });
        var alone = new Sequential([28, 28], seed: 0, new Dense(10));
        TrainerOf(alone, Communicator.Alone).Fit(ClusterRecipes.Few, new() { Epochs = 1 });
        Assert.That(hashes, Is.All.EqualTo(ClusterRecipes.Hash(alone)));
    }

    [Test]
    public void A_process_reads_only_the_samples_of_its_own_shards()
    {
        int[][] reads = InProcessCluster.Run(Ranks, communicator =>
        {
            var data = new CountingDataset(101, 3, 2);
            TrainerOf(new([3], 1, new Dense(2)), communicator).Fit(data, new() { Epochs = 2, BatchSize = 20, Shuffle = false });
            return data.Reads;
        });
        for (int sample = 0; sample < 101; sample++)
            Assert.That(reads.Select(own => own[sample]).Order(), Is.EqualTo((int[])[0, 0, 0, 2]), $"sample {sample}");
    }

    [Test]
    public void Logs_and_progress_are_those_of_rank_0()
    {
        using var folder = new TemporaryFolder();
        int[] reports = InProcessCluster.Run(Ranks, communicator =>
        {
            var progress = new Count();
            TrainerOf(ClusterRecipes.Plain(), communicator).Fit(
                ClusterRecipes.Few, new() { Epochs = 2, Callbacks = [new CsvLog(folder.File($"{communicator.Rank}.csv"))] }, progress);
            return progress.Reports;
        });
        Assert.That(reports[0], Is.Positive);
        Assert.That(reports[1..], Is.All.Zero);
        Assert.That(Directory.GetFiles(folder.Root).Select(Path.GetFileName), Is.EqualTo((string[])["0.csv"]));
        Assert.That(File.ReadAllLines(folder.File("0.csv")), Has.Length.EqualTo(3));
    }

    private static Trainer TrainerOf(Sequential network, Communicator communicator, int shards = 8) =>
        new(network, new SoftmaxCrossEntropy(), new Sgd(0.1f, momentum: 0.9f), new TrainerOptions { ThreadCount = 1, Exchange = new GradientExchange(communicator, shards) });

    /// <summary>The messages with which all ranks refuse a program, without one ending the others.</summary>
    private static string[] Refusals<T>(Func<Communicator, T> program)
    {
        (_, Exception?[] failures, string? aborted) = InProcessCluster.TryRun(Ranks, program);
        Assert.That(aborted, Is.Null);
        Assert.That(failures, Is.All.InstanceOf<InvalidOperationException>());
        return [.. failures.Select(failure => failure!.Message)];
    }

    private sealed class Act(int step, Action<TrainingRun> action) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps == step)
                action(run);
        }
    }

    private sealed class StopAtOnce : TrainingCallback
    {
        public override void OnTrainingBegin(TrainingRun run) => run.Stop();
    }

    private sealed class Count : IProgress<TrainingProgress>
    {
        public int Reports { get; private set; }

        public void Report(TrainingProgress value) => Reports++;
    }
}
