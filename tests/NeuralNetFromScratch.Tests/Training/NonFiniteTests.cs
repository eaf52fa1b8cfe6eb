using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>NaN and infinity in what a training is given.</summary>
public class NonFiniteTests
{
    private const int Samples = 100, Width = 20, Classes = 4;

    [Test]
    public void The_message_names_epoch_step_and_the_first_sample_that_is_not_finite([Values] bool isSplit, [Values(float.NaN, float.PositiveInfinity)] float wrong)
    {
        float[] features = TestValues.Uniform(Samples * Width, 1);
        features[45 * Width + 3] = wrong;
        features[46 * Width] = wrong;
        Dataset data = NeuralNetFromScratch.Dataset.FromArrays(features, [Width], TestValues.Labels(Samples, Classes, 1), Classes);
        if (isSplit)
            data = data.Subset([.. Enumerable.Range(0, Samples).Reverse()]);
        Trainer trainer = Trainer(out Sequential network);
        string message = Assert.Throws<NotFiniteNumberException>(() => trainer.Fit(data, new FitOptions { BatchSize = 10, Shuffle = false }))!.Message;
        Assert.That(message, Does.StartWith(isSplit ? "epoch 1, step 6: the loss is NaN" : "epoch 1, step 5: the loss is NaN"));
        Assert.That(message, Does.Contain(isSplit ? "sample 46 is the first whose features are not finite: feature 0 is" : "sample 45 is the first whose features are not finite: feature 3 is"));
        Assert.That(network.Parameters.Values.ToArray(), Has.None.NaN, "an infinite feature behind a tanh shows in the gradients alone");
    }

    [TestCase(1e36f, false, null)]
    [TestCase(2e36f, false, "feature 7 is Infinity")]
    [TestCase(1f / 255, true, "all features of its samples are finite")]
    public void Bytes_are_not_finite_after_a_large_scale_or_an_augmentation_of_ones_own(float scale, bool isAugmented, string? reason)
    {
        byte[] pixels = new byte[Samples * Width];
        pixels[45 * Width + 7] = byte.MaxValue;
        Dataset data = NeuralNetFromScratch.Dataset.FromBytes(pixels, [Width], new byte[Samples], Classes, scale).Subset([.. Enumerable.Range(0, Samples)]);
        var options = new FitOptions { BatchSize = 10, Shuffle = false, Epochs = 1, Augmentation = isAugmented ? new Divide() : null };
        if (reason is null)
            Assert.That(() => Trainer(out _).Fit(data, options), Throws.Nothing);
        else
            Assert.That(() => Trainer(out _).Fit(data, options), Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains(reason));
    }

    [Test]
    public void A_target_that_is_not_finite_is_named_and_so_is_a_rate_that_is_too_high()
    {
        float[] targets = TestValues.Uniform(Samples * Classes, 2);
        targets[7 * Classes + 1] = float.NaN;
        var network = new Sequential([Width], 1, new Dense(Classes));
        var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(0.1f));
        Assert.That(
            () => trainer.Fit(NeuralNetFromScratch.Dataset.FromTargets(TestValues.Uniform(Samples * Width, 1), [Width], targets, Classes), new FitOptions { Shuffle = false }),
            Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("sample 7 is the first whose target is not finite: value 1 is NaN"));
        Assert.That(
            () => new Trainer(new Sequential([Width], 1, new Dense(Classes)), new MeanSquaredError(), new Sgd(1e30f))
                .Fit(NeuralNetFromScratch.Dataset.FromTargets(TestValues.Uniform(Samples * Width, 1), [Width], TestValues.Uniform(Samples * Classes, 2), Classes), new FitOptions { BatchSize = 10 }),
            Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("the learning rate may be too high"));
    }

    [Test]
    public void Running_statistics_are_not_spoilt_either()
    {
        float[] features = TestValues.Uniform(Samples * Width, 1);
        features[45 * Width] = float.NaN;
        var network = new Sequential([Width], 1, new BatchNormalization(), new Dense(Classes), new BatchNormalization());
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam { EmaDecay = 0.9f });
        Assert.That(
            () => trainer.Fit(NeuralNetFromScratch.Dataset.FromArrays(features, [Width], TestValues.Labels(Samples, Classes, 1), Classes), new FitOptions { BatchSize = 10, Shuffle = false }),
            Throws.InstanceOf<NotFiniteNumberException>());
        Assert.That(network.Parameters.Values.ToArray(), Has.None.NaN);
        Assert.That(trainer.AveragedNetwork!.Parameters.Values.ToArray(), Has.None.NaN);
    }

    [Test]
    public void A_rate_search_on_data_that_gives_NaN_at_once_says_so()
    {
        float[] features = [.. Enumerable.Repeat(float.NaN, Samples * Width)];
        Trainer trainer = Trainer(out Sequential network);
        int[] before = TestValues.Bits(network.Parameters.Values);
        Assert.That(
            () => trainer.FindLearningRate(NeuralNetFromScratch.Dataset.FromArrays(features, [Width], TestValues.Labels(Samples, Classes, 1), Classes)),
            Throws.InstanceOf<NotFiniteNumberException>().With.Message.StartsWith("the loss is NaN after 0 of 100 steps, at a learning rate of 1E-05: no rate can be suggested"));
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
    }

    [Test]
    public void A_zero_class_weight_or_target_hides_no_NaN()
    {
        float[] outputs = [1, float.NaN, 2], gradient = new float[3];
        Loss weighted = new SoftmaxCrossEntropy { ClassWeights = [0, 1, 0] };
        Assert.Multiple(() =>
        {
            Assert.That(weighted.Evaluate(new(outputs, 1, 3), [0], 1, new(gradient, 1, 3)), Is.NaN);
            Assert.That(new SoftmaxCrossEntropy().Evaluate(new(outputs, 1, 3), new ReadOnlyMatrixView(new float[3], 1, 3), 1, new MatrixView(gradient, 1, 3)), Is.NaN);
            foreach (Loss loss in (Loss[])[new SoftmaxCrossEntropy(), new BinaryCrossEntropy(), new BinaryCrossEntropy { PositiveWeights = [0, 0, 0] }, new MeanSquaredError(), new MeanAbsoluteError(), new Huber()])
            {
                Assert.That(loss.Evaluate(new(outputs, 1, 3), new ReadOnlyMatrixView(new float[3], 1, 3), 1, default), Is.NaN, $"{loss} on targets of zero");
                Assert.That(loss.Evaluate(new(outputs, 1, 3), [0], 1, default), Is.NaN, $"{loss} on a label");
            }
        });
    }

    [TestCase(float.PositiveInfinity, 1)]
    [TestCase(float.NegativeInfinity, -1)]
    [TestCase(1e30f, 1)]
    public void Hubers_slope_far_away_is_its_bound(float output, float slope)
    {
        float[] gradient = new float[1];
        new Huber().Evaluate(new([output], 1, 1), new ReadOnlyMatrixView([0f], 1, 1), 1, new MatrixView(gradient, 1, 1));
        Assert.That(gradient[0], Is.EqualTo(slope));
    }

    [Test]
    public void A_step_of_one_sample_cannot_be_normalized_and_one_that_is_left_joins_the_step_before()
    {
        Sequential network = new([Width], 1, new Dense(5), new BatchNormalization(), new Dense(Classes));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        int[] before = TestValues.Bits(network.Parameters.Values);
        Assert.That(() => trainer.TrainStep(new ReadOnlyMatrixView(new float[Width], 1, Width), [0]), Throws.InvalidOperationException.With.Message.Contains("no variance; train"));
        Assert.That(() => trainer.Fit(Data(31), new FitOptions { BatchSize = 1 }), Throws.InvalidOperationException);
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
        var sizes = new List<long>();
        trainer.Fit(Data(31), new FitOptions { BatchSize = 10, Epochs = 1, Callbacks = [new Steps(steps => sizes.Add(steps))] });
        Assert.That(sizes, Is.EqualTo((long[])[1, 2, 3]));
    }

    [TestCase(31, 10, 1, 3, 30)]
    [TestCase(30, 10, 1, 3, 30)]
    [TestCase(49, 10, 2, 2, 40)]
    public void The_last_batch_is_left_out_if_that_is_asked_for(int samples, int batch, int accumulation, int steps, int used)
    {
        Trainer trainer = Trainer(out _);
        TrainingHistory history = trainer.Fit(Data(samples), new FitOptions { BatchSize = batch, AccumulationSteps = accumulation, Epochs = 1, DropLast = true });
        Assert.That((trainer.StepCount, history.Epochs[0].SampleCount, history.Epochs[0].Training.Count), Is.EqualTo(((long)steps, used, used)));
        Assert.That(() => trainer.Fit(Data(9), new FitOptions { BatchSize = 10, DropLast = true }), Throws.ArgumentException.With.Message.Contains("9 training samples, fewer than a step of 10"));
    }

    [Test]
    public void A_regression_has_no_accuracy_to_stop_by()
    {
        var trainer = new Trainer(new Sequential([Width], 1, new Dense(1)), new MeanSquaredError(), new Sgd(0.1f));
        Dataset data = NeuralNetFromScratch.Dataset.FromTargets(TestValues.Uniform(Samples * Width, 1), [Width], TestValues.Uniform(Samples, 2), 1);
        Assert.That(
            () => trainer.Fit(data, new FitOptions { ValidationFraction = 0.2, EarlyStopping = new EarlyStopping { Metric = new Accuracy() } }),
            Throws.ArgumentException.With.Message.Contains("accuracy"));
    }

    [Test]
    public void Steps_of_ones_own_have_dropout_masks_of_the_seed_that_is_given_and_of_their_number()
    {
        int[] once = Train(1);
        Assert.That(Train(1), Is.EqualTo(once));
        Assert.That(Train(2), Is.Not.EqualTo(once));

        static int[] Train(ulong seed)
        {
            var network = new Sequential([Width], 1, new Dense(8), new Dropout(0.5f), new Dense(Classes));
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
            for (int step = 0; step < 2; step++)
                trainer.TrainStep(new ReadOnlyMatrixView(TestValues.Uniform(10 * Width, 1), 10, Width), TestValues.Labels(10, Classes, 1), seed: seed);
            return TestValues.Bits(network.Parameters.Values);
        }
    }

    [Test]
    public void As_many_class_names_as_outputs_or_none() =>
        Assert.That(() => new Sequential([2], 1, new Dense(2)) { ClassNames = ["a", "b", "c"] }, Throws.ArgumentException.With.Message.Contains("expected 2 class names"));

    private static Dataset Data(int count) => NeuralNetFromScratch.Dataset.FromArrays(TestValues.Uniform(count * Width, 1), [Width], TestValues.Labels(count, Classes, 1), Classes);

    private static Trainer Trainer(out Sequential network)
    {
        network = new Sequential([Width], 1, new Dense(8, Activation.Tanh), new Dense(Classes));
        return new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
    }

    /// <summary>Divides each feature by zero.</summary>
    private sealed class Divide() : Augmentation(new Settings("divide"))
    {
        public override void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch)
        {
            for (int i = 0; i < sample.Length; i++)
                result[i] = sample[i] / 0;
        }
    }

    private sealed class Steps(Action<long> onStep) : TrainingCallback
    {
        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress) => onStep(progress.Step);
    }
}
