using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training.Cluster;

/// <summary>The shards of a process, divided among teams of its threads.</summary>
public class ShardTeamTests
{
    private static IEnumerable<string> Names => ClusterRecipes.All.Keys;

    [Test]
    public void A_training_has_the_same_bits_with_any_number_of_teams_and_ranks([ValueSource(nameof(Names))] string recipe, [Values(2, 4, 8)] int teams)
    {
        Func<GradientExchange?, string> run = ClusterRecipes.All[recipe];
        string alone = run(new GradientExchange(Communicator.Alone));
        foreach (int ranks in (int[])[1, 2])
            Assert.That(InProcessCluster.Run(ranks, communicator => run(new GradientExchange(communicator) { TeamCount = teams })), Is.All.EqualTo(alone), $"{ranks} ranks");
    }

    [Test]
    public void Teams_of_several_threads_have_the_same_bits([Values(1, 2, 4, 8)] int teams, [Values(3, 8)] int threads)
    {
        Assert.That(Train(teams, threads), Is.EqualTo(Train(1, 1)));

        static int[] Train(int teams, int threads)
        {
            var network = new Sequential(
                [12, 12, 2], 3, new Conv2D(8, 3, Activation.Relu), new MaxPool2D(2), new Dense(200), new BatchNormalization(), new ActivationLayer(Activation.Relu), new Dropout(0.2f), new Dense(40));
            var trainer = new Trainer(
                network, new SoftmaxCrossEntropy(), new Adam { GlobalClipNorm = 0.5f }, new Engine(threads, SimdWidths.Best), new GradientExchange(Communicator.Alone, shards: 16) { TeamCount = teams });
            float[] inputs = TestValues.Uniform(700 * 288, 1);
            int[] labels = TestValues.Labels(700, 40, 2);
            for (int step = 0; step < 3; step++)
                trainer.TrainStep(new ReadOnlyMatrixView(inputs, 700, 288), labels);
            return TestValues.Bits(network.Parameters.Values);
        }
    }

    [Test]
    public void The_number_of_teams_may_change_between_steps_and_between_a_checkpoint_and_its_resumption()
    {
        using var folder = new TemporaryFolder();
        FitOptions options = new() { Epochs = 4, BatchSize = 25, ValidationFraction = 0.2, Metrics = [new Accuracy(), new RocAuc()] };
        FitOptions written = options with { Checkpoint = new CheckpointOptions { Path = folder.File("run") } };
        string whole = Train(1, options, stopAfter: -1);
        for (int teams = 1; teams <= 8; teams *= 2)
            Train(teams, written, stopAfter: 3);
        Assert.That(Train(2, written, stopAfter: -1), Is.EqualTo(whole));

        static string Train(int teams, FitOptions options, int stopAfter)
        {
            Sequential network = ClusterRecipes.Normalized();
            var trainer = new Trainer(
                network, new SoftmaxCrossEntropy(), new Adam(2e-3f), new Engine(8, SimdWidths.Best), new GradientExchange(Communicator.Alone) { TeamCount = teams });
            using var cancellation = new CancellationTokenSource();
            FitOptions counted = options with { Callbacks = [new Canceller(stopAfter, cancellation)] };
            try
            {
                if (options.Checkpoint is null)
                    trainer.Fit(ClusterRecipes.Digits, counted, cancellationToken: cancellation.Token);
                else
                    trainer.ResumeOrFit(ClusterRecipes.Digits, counted, cancellationToken: cancellation.Token);
            }
            catch (OperationCanceledException) when (stopAfter > 0)
            {
            }

            return string.Join('\n', [ClusterRecipes.Hash(network), .. trainer.History.Epochs.Select(ClusterRecipes.Figures)]);
        }
    }

    [Test]
    public void The_number_of_teams_may_change_from_step_to_step()
    {
        Assert.That(Train(true), Is.EqualTo(Train(false)));

        static int[] Train(bool changes)
        {
            Sequential network = ClusterRecipes.Normalized();
            var state = new TrainingState(network, new Sgd(0.1f));
            var exchange = new GradientExchange(Communicator.Alone);
            var engine = new Engine(5, SimdWidths.Best);
            var pass = new ShardedPass(exchange, network, engine, (parameters, threads) => new GradientPass(network, new SoftmaxCrossEntropy(), threads, new bool[parameters.Count], parameters));
            float[] inputs = TestValues.Uniform(60 * 784, 1);
            int[] labels = TestValues.Labels(60, 10, 2);
            List<int> bits = [];
            for (int step = 0; step < 9; step++)
            {
                pass.Divide(changes ? new StepDivision(1 + step % 5, 1 << step % 4) : new StepDivision(1, 1));
                if (step % 3 == 0)
                    pass.ForgetOtherTeams();
                var batch = new TrainingBatch(new BatchSource(new SampleBatch { Inputs = new ReadOnlyMatrixView(inputs, 60, 784), Labels = labels }), new SoftmaxCrossEntropy()) { PartLength = 60 };
                StepTotals totals = pass.Exchange(pass.Compute(batch, new RandomSource((ulong)step), null, false), null);
                bits.AddRange([BitConverter.SingleToInt32Bits((float)totals.Loss), .. TestValues.Bits(network.Parameters.Gradients)]);
            }

            return [.. bits];
        }
    }

    [Test]
    public void A_training_chooses_the_number_of_teams_and_limits_their_memory()
    {
        var exchange = new GradientExchange(Communicator.Alone);
        ClusterRecipes.Fit(exchange, ClusterRecipes.Plain(), new Sgd(), ClusterRecipes.Few, new() { Epochs = 1 });
        Assert.That(exchange.Statistics.TeamCount, Is.EqualTo(1), "one thread");
        var pass = new ShardedPass(new GradientExchange(Communicator.Alone), ClusterRecipes.Plain(), new Engine(8, SimdWidths.Best), (_, _) => null!);
        Assert.That(pass.MostChosenTeams, Is.EqualTo(8));
        // 16 MB of gradients: 8 teams of one shard have 128 MB, 64 teams of 16 shards have 5 GB.
        Sequential large = new([2048], 1, new Dense(2048));
        pass = new ShardedPass(new GradientExchange(Communicator.Alone, shards: 8), large, new Engine(64, SimdWidths.Best), (_, _) => null!);
        Assert.That(pass.MostChosenTeams, Is.EqualTo(8));
        pass = new ShardedPass(new GradientExchange(Communicator.Alone, shards: 1024), large, new Engine(64, SimdWidths.Best), (_, _) => null!);
        Assert.That(pass.MostChosenTeams, Is.EqualTo(1));
    }

    [Test]
    public void Updates_that_another_trainer_deferred_are_complete_for_all_teams()
    {
        Assert.That(Train(4), Is.EqualTo(Train(1)));

        static int[] Train(int teams)
        {
            Dataset samples = ClusterRecipes.Sparse();
            Sequential network = new([300], 3, new Dense(12, Activation.Relu), new Dense(4));
            var first = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(0.05f), new Engine(1, SimdWidths.Best));
            var second = new Trainer(
                network, new SoftmaxCrossEntropy(), new Sgd(0.1f), new Engine(4, SimdWidths.Best), new GradientExchange(Communicator.Alone) { TeamCount = teams });
            for (int step = 0; step < 6; step++)
            {
                Step(first, samples, [step, step + 1]);
                if (step % 2 == 1)
                    Step(second, samples, [.. Enumerable.Range(0, 40)]);
            }

            return TestValues.Bits(network.Parameters.Values);
        }

        static void Step(Trainer trainer, Dataset samples, int[] indices)
        {
            trainer.Exchange(trainer.ComputeGradients(trainer.Load(samples, indices)));
            trainer.Update();
        }
    }

    [Test]
    public void An_exception_of_one_team_is_thrown_and_the_trainer_remains_usable([Values(0, 3, 7)] int shard, [Values(1, 4)] int teams)
    {
        const int Rows = 64, Shards = 8;
        float[] inputs = TestValues.Uniform(Rows * 6, 1);
        int[] labels = TestValues.Labels(Rows, 3, 2);
        var culprit = new Culprit { Sample = shard * (Rows / Shards) + 2 };
        Sequential network = new([6], 3, new Dense(8, Activation.Tanh), culprit, new Dense(3)), other = new([6], 3, new Dense(8, Activation.Tanh), new Culprit(), new Dense(3));
        Trainer trainer = Create(network, teams), undisturbed = Create(other, 1);
        Assert.That(() => trainer.TrainStep(new ReadOnlyMatrixView(inputs, Rows, 6), labels), Throws.InstanceOf<NotSupportedException>().With.Message.EqualTo($"sample {culprit.Sample}"));
        culprit.Sample = -1;
        for (int step = 0; step < 3; step++)
            Assert.That(trainer.TrainStep(new ReadOnlyMatrixView(inputs, Rows, 6), labels), Is.EqualTo(undisturbed.TrainStep(new ReadOnlyMatrixView(inputs, Rows, 6), labels)));
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(TestValues.Bits(other.Parameters.Values)));

        static Trainer Create(Sequential network, int teams) => new(
            network, new SoftmaxCrossEntropy(), new Sgd(0.1f), new Engine(8, SimdWidths.Best), new GradientExchange(Communicator.Alone, Shards) { TeamCount = teams });
    }

    [Test]
    public void An_exception_of_a_team_ends_the_other_ranks()
    {
        (_, Exception?[] failures, string? aborted) = InProcessCluster.TryRun(2, communicator => ClusterRecipes.Fit(
            new GradientExchange(communicator) { TeamCount = 4 },
            new([28, 28], 3, new Dense(8, Activation.Tanh), new Culprit { Sample = communicator.Rank == 1 ? 20 : -1 }, new Dense(10)),
            new Sgd(),
            ClusterRecipes.Few,
            new() { BatchSize = 32, Shuffle = false }));
        Assert.That(failures[1], Is.InstanceOf<NotSupportedException>().With.Message.EqualTo("sample 20"));
        Assert.That(failures[0], Is.InstanceOf<IOException>());
        Assert.That(aborted, Does.Contain("sample 20"));
    }

    [Test]
    public void A_loss_that_is_not_finite_in_one_team_ends_the_step_before_the_update([Values(2, 8)] int teams)
    {
        float[] features = TestValues.Uniform(64 * 6, 1);
        features[50 * 6 + 1] = float.NaN;
        Dataset samples = Dataset.FromArrays(features, [6], TestValues.Labels(64, 3, 2), 3);
        Sequential network = new([6], 3, new Dense(8, Activation.Relu), new Dense(3));
        int[] before = TestValues.Bits(network.Parameters.Values);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f), new Engine(teams, SimdWidths.Best), new GradientExchange(Communicator.Alone) { TeamCount = teams });
        Assert.That(
            () => trainer.Fit(samples, new FitOptions { BatchSize = 64 }),
            Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("sample 50 is the first whose features are not finite"));
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
    }

    [Test]
    public void Gradients_of_the_last_layers_are_sent_while_the_teams_compute_those_of_the_first()
    {
        string alone = ClusterTrainingTests.TrainWide(new GradientExchange(Communicator.Alone, shards: 4), null);
        string[] results = InProcessCluster.Run(2, communicator =>
        {
            using var sent = new ManualResetEventSlim();
            return ClusterTrainingTests.TrainWide(new GradientExchange(new ClusterTrainingTests.Announcing(communicator, sent), shards: 4) { TeamCount = 2 }, sent);
        });
        Assert.That(results, Is.All.EqualTo(alone));
    }

    [Test]
    public void A_warm_step_allocates_nothing_on_any_thread([Values(2, 4)] int teams)
    {
        float[] x = TestValues.Uniform(256 * 784, 1);
        int[] labels = TestValues.Labels(256, 10, 2);
        var trainer = new Trainer(
            ClusterRecipes.Normalized(), new SoftmaxCrossEntropy { IgnoreLabel = 3 }, new Sgd(0.1f), new Engine(2 * teams, SimdWidths.Best), new GradientExchange(Communicator.Alone) { TeamCount = teams });
        long fewest = long.MaxValue;
        for (int step = 0; step < 200 && fewest > 0; step++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            trainer.TrainStep(new ReadOnlyMatrixView(x, 256, 784), labels);
            fewest = Math.Min(fewest, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.That(fewest, Is.Zero);
    }

    [Test]
    public void The_number_of_teams_is_a_power_of_two_that_exceeds_neither_threads_nor_shards()
    {
        Assert.That(() => new GradientExchange(Communicator.Alone) { TeamCount = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("TeamCount"));
        foreach ((int wanted, int threads, int expected) in ((int, int, int)[])[(1, 4, 1), (3, 4, 2), (4, 3, 2), (64, 64, 8), (8, 6, 4)])
        {
            var pass = new ShardedPass(new GradientExchange(Communicator.Alone), ClusterRecipes.Plain(), new Engine(threads, SimdWidths.Best), (_, _) => null!);
            pass.Divide(new StepDivision(threads, wanted));
            Assert.That(pass.TeamCount, Is.EqualTo(expected), $"{wanted} teams, {threads} threads");
        }
    }

    /// <summary>The identity, which throws for one sample.</summary>
    private sealed class Culprit() : Layer(new Settings(Kind)), IPart<Culprit>
    {
        public static string Kind => "culprit";

        public int Sample { get; set; } = -1;

        public static Culprit Create(Settings settings) => new();

        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
        {
            if (Sample >= context.SampleOffset && Sample < context.SampleOffset + input.Rows)
                throw new NotSupportedException($"sample {Sample}");
            input.Span.CopyTo(output.Span);
        }

        public override void Backward(in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
        {
            if (inputGradient.Rows > 0)
                outputGradient.Span.CopyTo(inputGradient.Span);
        }
    }

    private sealed class Canceller(int stopAfter, CancellationTokenSource cancellation) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps == stopAfter)
                cancellation.Cancel();
        }
    }
}
