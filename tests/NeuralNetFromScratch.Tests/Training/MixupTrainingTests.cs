using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.Tests.Training.Cluster;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>Trainings on mixed samples.</summary>
public class MixupTrainingTests
{
    private static readonly Dataset Digits = SyntheticDigits.Create(150, seed: 1);

    private static readonly FitOptions Options = new() { Epochs = 3, BatchSize = 32, Seed = 5, MixupAlpha = 0.3, Augmentation = new ImageAugmentation { MaxShift = 1 } };

    [Test]
    public void A_training_takes_the_steps_of_mixed_samples_and_soft_targets()
    {
        Sequential network = ClusterRecipes.Plain(), reference = ClusterRecipes.Plain();
        Dataset few = Digits.Subset([.. Enumerable.Range(0, 33)]);
        TrainingHistory history = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f, 0.9f)).Fit(
            few, new FitOptions { Epochs = 2, BatchSize = 16, Shuffle = false, Seed = 5, MixupAlpha = 0.3 });

        var trainer = new Trainer(reference, new SoftmaxCrossEntropy(), new Sgd(0.1f, 0.9f));
        var buffer = new BatchBuffer();
        int[] indices = [.. Enumerable.Range(0, 33)];
        for (int epoch = 0; epoch < 2; epoch++)
        {
            // The single remaining sample joins the second step, so that it has a partner.
            foreach ((int start, int end) in ((int, int)[])[(0, 16), (16, 33)])
            {
                var mixup = new Mixup(0.3, new RandomSource(5).Fork(4).Fork((ulong)epoch), start);
                SampleBatch batch = buffer.Load(new Engine(1), new BatchSource(few, indices.AsSpan(start, end - start)) { Mixup = mixup }, 0, end - start, 10);
                trainer.TrainStep(batch.Inputs, batch.Targets, seed: 5);
            }
        }

        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(TestValues.Bits(reference.Parameters.Values)));
        Assert.That(history.Epochs.Select(epoch => epoch.Training.Count), Is.All.EqualTo(33));
    }

    [Test]
    public void The_bits_do_not_depend_on_threads_and_registers([Values(1, 2, 3)] int threads, [Values] RegisterWidth width)
    {
        width.AssumeUsed();
        Assert.That(Train(new Engine(threads, (SimdWidth)width)), Is.EqualTo(Train(new Engine(1, SimdWidths.Best))));

        static int[] Train(Engine engine)
        {
            Sequential network = ClusterRecipes.Normalized();
            new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), engine).Fit(Digits, Options);
            return TestValues.Bits(network.Parameters.Values);
        }
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_ranks([Values(1, 2, 4, 8)] int shards, [Values] bool hasTargets)
    {
        string alone = Train(Communicator.Alone);
        for (int ranks = 1; ranks <= shards; ranks *= 2)
            Assert.That(InProcessCluster.Run(ranks, Train), Is.All.EqualTo(alone), $"{ranks} ranks");

        string Train(Communicator communicator)
        {
            var exchange = new GradientExchange(communicator, shards);
            return hasTargets
                ? ClusterRecipes.Fit(
                    exchange, new Sequential([6], 3, new Dense(8, Activation.Tanh), new Dense(2)), new Sgd(0.1f),
                    Dataset.FromTargets(TestValues.Uniform(53 * 6, 1), [6], TestValues.Uniform(53 * 2, 2), 2), new FitOptions { Epochs = 2, BatchSize = 13, MixupAlpha = 1, Metrics = [new R2()] }, new MeanSquaredError())
                : ClusterRecipes.Fit(exchange, ClusterRecipes.Plain(), new Sgd(0.1f), Digits, Options with { BatchSize = 7, ValidationFraction = 0.2 });
        }
    }

    [Test]
    public void A_large_batch_in_blocks_mixes_every_sample()
    {
        // 193 samples are a block of 192 and a single one, which joins it.
        Dataset data = Dataset.FromArrays([.. Enumerable.Range(0, 193).Select(i => (float)i)], [1], new int[193], 2);
        var network = new Sequential([1], 1, new Recorder(), new Dense(2));
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0), new TrainerOptions { ThreadCount = 1 }).Fit(
            data, new FitOptions { Epochs = 1, BatchSize = 193, Shuffle = false, MixupAlpha = 8 });
        float[] seen = [.. ((Recorder)network.Layers[0]).Seen];
        Assert.That(seen, Has.Length.EqualTo(193));
        Assert.That(seen.Where((value, i) => value == i), Is.Empty);
        Assert.That(seen.Average(), Is.EqualTo(96).Within(5));
    }

    [Test]
    public void A_resumed_training_ends_in_the_same_bits_and_another_alpha_is_refused()
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options with { Checkpoint = new CheckpointOptions { Path = folder.File("run") } };
        Sequential whole = ClusterRecipes.Plain(), interrupted = ClusterRecipes.Plain(), resumed = ClusterRecipes.Plain();
        TrainingHistory expected = Create(whole).Fit(Digits, Options);
        using var cancellation = new CancellationTokenSource();
        Assert.That(
            () => Create(interrupted).Fit(Digits, options with { Callbacks = [new Canceller(cancellation, steps: 7)] }, null, cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(
            () => Create(ClusterRecipes.Plain()).Resume(folder.File("run"), Digits, options with { MixupAlpha = 0.2 }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("mixup: the checkpoint has \"0.3\", this training \"0.2\""));
        Assert.That(
            () => Create(ClusterRecipes.Plain()).ResumeOrFit(Digits, options with { MixupAlpha = 0 }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("mixup: the checkpoint has \"0.3\", this training \"none\""));
        TrainingHistory history = Create(resumed).Resume(folder.File("run"), Digits, options);
        Assert.That(TestValues.Bits(resumed.Parameters.Values), Is.EqualTo(TestValues.Bits(whole.Parameters.Values)));
        Assert.That(history.Epochs.Select(ClusterRecipes.Figures), Is.EqualTo(expected.Epochs.Select(ClusterRecipes.Figures)));

        static Trainer Create(Sequential network) => new(network, new SoftmaxCrossEntropy(), new Adam());
    }

    /// <summary>Two classes far apart: a network that has learned them is right for the class with the larger share, and for all of the validation.</summary>
    [Test]
    public void Training_metrics_compare_with_the_class_of_the_larger_share([Values] bool isBinary)
    {
        float[] features = [.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? -1f : 1f)];
        Dataset data = Dataset.FromArrays(features, [1], [.. Enumerable.Range(0, 200).Select(i => i % 2)], 2);
        Loss loss = isBinary ? new BinaryCrossEntropy() : new SoftmaxCrossEntropy();
        TrainingHistory history = new Trainer(new Sequential([1], 1, new Dense(2)), loss, new Adam(0.05f)).Fit(
            data, new FitOptions { Epochs = 20, BatchSize = 20, MixupAlpha = 0.5, Validation = data });
        Assert.That(history.Epochs[^1].Training.Accuracy, Is.GreaterThan(0.97));
        Assert.That(history.Epochs[^1].Validation!.Accuracy, Is.EqualTo(1));
        Assert.That(history.Epochs[^1].Training.Loss, Is.GreaterThan(2 * history.Epochs[^1].Validation!.Loss), "soft targets cannot be fitted exactly");
    }

    [Test]
    public void Without_mixup_nothing_changes()
    {
        Sequential network = ClusterRecipes.Plain(), mixed = ClusterRecipes.Plain();
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f)).Fit(Digits, Options with { MixupAlpha = 0 });
        new Trainer(mixed, new SoftmaxCrossEntropy(), new Sgd(0.1f)).Fit(Digits, Options);
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.Not.EqualTo(TestValues.Bits(mixed.Parameters.Values)));
    }

    [Test]
    public void What_cannot_be_mixed_is_refused_with_the_remedy()
    {
        Dataset data = Dataset.FromArrays(TestValues.Uniform(40, 1), [4], TestValues.Labels(10, 3, 2), 3);
        Dataset sparse = Dataset.FromSparse([0, 1, 2], [0, 3], [1, 2], 4, [0, 1], 3);
        Refused(sparse, new SoftmaxCrossEntropy(), "MixupAlpha is 0.2, but 4 columns of the data set are sparse; make them dense");
        Refused(data.WithWeights(new float[10]), new SoftmaxCrossEntropy(), "the samples have weights, and a mixed sample has none; draw samples by SamplingWeights");
        Refused(data, new SoftmaxCrossEntropy { IgnoreLabel = -1 }, "the loss ignores the label -1");
        Refused(data, new OfLabels(), "of-labels takes class labels, not the dense targets that labels become; use another loss, for example SoftmaxCrossEntropy");
        Refused(data, new SoftmaxCrossEntropy(), "a step has one sample; set a larger BatchSize", batchSize: 1);
        Refused(data.Subset([3]), new SoftmaxCrossEntropy(), "a step has one sample");

        static void Refused(Dataset data, Loss loss, string message, int batchSize = 5) => Assert.That(
            () => new Trainer(new Sequential([4], 1, new Dense(3)), loss, new Sgd()).Fit(data, new FitOptions { BatchSize = batchSize, MixupAlpha = 0.2 }),
            Throws.ArgumentException.With.Message.Contains(message).And.Message.Contains("or set MixupAlpha to 0"));
    }

    private sealed class Canceller(CancellationTokenSource cancellation, int steps) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps == steps)
                cancellation.Cancel();
        }
    }

    /// <summary>A loss of class labels alone.</summary>
    private sealed class OfLabels() : Loss(new Settings("of-labels"))
    {
        public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient) => 0;

        public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient) => throw new NotSupportedException();
    }

    /// <summary>The identity, which keeps its inputs.</summary>
    private sealed class Recorder() : Layer(new Settings("recorder"))
    {
        public List<float> Seen { get; } = [];

        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
        {
            Seen.AddRange(input.Span);
            input.Span.CopyTo(output.Span);
        }

        public override void Backward(in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient) =>
            outputGradient.Span.CopyTo(inputGradient.Span);
    }
}
