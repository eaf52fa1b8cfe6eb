using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Layers;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

public class TrainerTests
{
    [Test]
    public void A_batch_of_many_blocks_has_the_gradient_of_the_whole([Values(1, 255, 256, 257, 700)] int batch)
    {
        Sequential network = Network();
        float[] inputs = TestValues.Uniform(batch * 20, 1);
        int[] labels = TestValues.Labels(batch, 4, 2);
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0)).TrainStep(new ReadOnlyMatrixView(inputs, batch, 20), labels);
        float[] together = network.Parameters.Gradients.ToArray();

        var sum = new double[together.Length];
        var single = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0));
        for (int i = 0; i < batch; i++)
        {
            single.TrainStep(new ReadOnlyMatrixView(inputs.AsSpan(i * 20, 20), 1, 20), labels.AsSpan(i, 1));
            for (int p = 0; p < sum.Length; p++)
                sum[p] += network.Parameters.Gradients[p] / (double)batch;
        }

        Assert.That(together, Is.EqualTo(sum).Within(1e-6));
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads([Values(2, 3, 7)] int threads, [Values] RegisterWidth width)
    {
        Assert.That(Train(threads), Is.EqualTo(Train(1)));

        int[] Train(int count)
        {
            var network = new Sequential([784], 1, new Dense(90, Activation.Relu), new Dense(33, new SwishActivation()), new Dense(10));
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), new Engine(count, (SimdWidth)width));
            trainer.Fit(SyntheticDigits.Create(500, 3), new FitOptions { Epochs = 2, BatchSize = 300 });
            return TestValues.Bits(network.Parameters.Values);
        }
    }

    [Test]
    public void A_warm_step_allocates_nothing([Values(1, 2)] int threads)
    {
        Sequential network = Network();
        var engine = new Engine(threads, SimdWidths.Best);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), engine);
        float[] inputs = TestValues.Uniform(300 * 20, 1);
        int[] labels = TestValues.Labels(300, 4, 2);
        Assert.That(Allocation.Least(engine, () =>
        {
            for (int step = 0; step < 50; step++)
                trainer.TrainStep(new ReadOnlyMatrixView(inputs, 300, 20), labels);
        }), Is.Zero);
    }

    [Test]
    public void An_epoch_takes_each_sample_once_and_the_rest_in_a_last_step([Values] bool shuffle)
    {
        var dataset = new CountingDataset(103, 20, 4);
        var trainer = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f));
        var steps = new List<TrainingProgress>();
        TrainingHistory history = trainer.Fit(dataset, new FitOptions { Epochs = 3, BatchSize = 10, Shuffle = shuffle }, new Recorder(steps.Add));
        Assert.That(dataset.Reads, Is.All.EqualTo(3));
        Assert.That(steps[0].StepCount, Is.EqualTo(11));
        Assert.That(history.Epochs.Select(epoch => epoch.Epoch), Is.EqualTo((int[])[1, 2, 3]));
        Assert.That(history.Epochs.Select(epoch => epoch.SampleCount), Is.All.EqualTo(103));
        Assert.That(history.Epochs[0].SamplesPerSecond, Is.EqualTo(103 / history.Epochs[0].Duration.TotalSeconds));
        Assert.That(steps.Count(step => step.FinishedEpoch is not null), Is.EqualTo(3));
    }

    [Test]
    public void The_duration_of_an_epoch_leaves_out_its_callbacks()
    {
        var pause = TimeSpan.FromMilliseconds(250);
        var trainer = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f));
        TrainingHistory history = trainer.Fit(
            Separable(64), new FitOptions { Epochs = 1, BatchSize = 8, Callbacks = [new Pause(pause)] });
        Assert.That(history.Epochs[0].Duration, Is.LessThan(8 * pause));
    }

    [Test]
    public void Running_figures_are_those_of_each_sample_at_its_step()
    {
        Dataset data = Separable(64);
        Sequential network = Network();
        EvaluationResult before = network.Evaluate(data, new SoftmaxCrossEntropy());
        EpochRecord epoch = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f)).Fit(data, new FitOptions { Epochs = 1, BatchSize = 64 }).Epochs[0];
        Assert.That(epoch.Training.Loss, Is.EqualTo(before.Loss).Within(1e-9));
        Assert.That(epoch.Training.Accuracy, Is.EqualTo(before.Accuracy));
    }

    [Test]
    public void Training_learns_and_validation_is_shown()
    {
        Dataset data = Separable(400);
        (Dataset training, Dataset validation) = data.Split(100, 1);
        Sequential network = Network();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f, 0.9f));
        TrainingHistory history = trainer.Fit(training, new FitOptions { Epochs = 20, BatchSize = 16, Validation = validation });
        Assert.That(history.Epochs[^1].Validation?.Accuracy, Is.GreaterThan(0.95));
        EvaluationResult evaluation = network.Evaluate(validation, metrics: [new Accuracy(), new ConfusionMatrixMetric()]);
        Assert.That(evaluation.Loss, Is.EqualTo(history.Epochs[^1].Validation?.Loss));
        Assert.That(evaluation.Count, Is.EqualTo(100));
        int total = 0, diagonal = 0;
        for (int actual = 0; actual < 4; actual++)
        {
            for (int predicted = 0; predicted < 4; predicted++)
                total += evaluation.ConfusionMatrix[actual, predicted];
            diagonal += evaluation.ConfusionMatrix[actual, actual];
        }

        Assert.That(total, Is.EqualTo(100));
        Assert.That(diagonal / 100.0, Is.EqualTo(evaluation.Accuracy));
    }

    [Test]
    public void An_evaluation_is_the_same_at_any_number_of_threads([Values(2, 3, 7)] int threads)
    {
        Dataset data = SyntheticDigits.Create(1000, 3);
        var network = new Sequential([28, 28], 1, new Dense(20, Activation.Relu), new Dense(10)) { OutputActivation = OutputActivation.Softmax };
        EvaluationResult one = Evaluate(1), several = Evaluate(threads);
        Assert.That((several.Loss, several.Accuracy), Is.EqualTo((one.Loss, one.Accuracy)));
        for (int actual = 0; actual < 10; actual++)
        {
            for (int predicted = 0; predicted < 10; predicted++)
                Assert.That(several.ConfusionMatrix[actual, predicted], Is.EqualTo(one.ConfusionMatrix[actual, predicted]));
        }

        EvaluationResult Evaluate(int count) =>
            network.Evaluate(data, metrics: [new Accuracy(), new ConfusionMatrixMetric()], engine: new Engine(count, SimdWidths.Best));
    }

    [Test]
    public void Two_calls_of_fit_are_one_of_twice_the_length()
    {
        Assert.That(Train(2, 2), Is.EqualTo(Train(4)));

        int[] Train(params int[] epochs)
        {
            Sequential network = Network();
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam());
            foreach (int count in epochs)
                trainer.Fit(Separable(100), new FitOptions { Epochs = count, BatchSize = 16, Seed = 3 });
            return TestValues.Bits(network.Parameters.Values);
        }
    }

    [Test]
    public void Dense_targets_train_like_the_labels_they_encode()
    {
        Sequential byLabel = Network(), byTarget = Network();
        float[] inputs = TestValues.Uniform(30 * 20, 1), targets = new float[30 * 4];
        int[] labels = TestValues.Labels(30, 4, 2);
        for (int i = 0; i < 30; i++)
            targets[i * 4 + labels[i]] = 1;
        var view = new ReadOnlyMatrixView(inputs, 30, 20);
        new Trainer(byLabel, new SoftmaxCrossEntropy(), new Sgd(0.1f)).TrainStep(view, labels);
        new Trainer(byTarget, new SoftmaxCrossEntropy(), new Sgd(0.1f)).TrainStep(view, new ReadOnlyMatrixView(targets, 30, 4));
        Assert.That(byTarget.Parameters.Values.ToArray(), Is.EqualTo(byLabel.Parameters.Values.ToArray()).Within(1e-6));
    }

    [Test]
    public void Strided_inputs_train_like_contiguous_ones()
    {
        Sequential plain = Network(), strided = Network();
        float[] inputs = TestValues.Uniform(30 * 20, 1), transposed = new float[600];
        for (int i = 0; i < 600; i++)
            transposed[i % 20 * 30 + i / 20] = inputs[i];
        int[] labels = TestValues.Labels(30, 4, 2);
        new Trainer(plain, new SoftmaxCrossEntropy(), new Sgd(0.1f)).TrainStep(new ReadOnlyMatrixView(inputs, 30, 20), labels);
        new Trainer(strided, new SoftmaxCrossEntropy(), new Sgd(0.1f)).TrainStep(new ReadOnlyMatrixView(transposed, 20, 30).Transposed, labels);
        Assert.That(TestValues.Bits(strided.Parameters.Values), Is.EqualTo(TestValues.Bits(plain.Parameters.Values)));
    }

    [Test]
    public void Cancellation_keeps_the_finished_epochs_and_the_trainer_usable()
    {
        var trainer = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f));
        using var cancellation = new CancellationTokenSource();
        var canceller = new Recorder(progress =>
        {
            if (progress is { Epoch: 3, Step: 2 })
                cancellation.Cancel();
        });
        Assert.That(
            () => trainer.Fit(Separable(100), new FitOptions { Epochs = 9, BatchSize = 10 }, canceller, cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(trainer.History.Epochs, Has.Count.EqualTo(2));
        Assert.That(trainer.Fit(Separable(100), new FitOptions { Epochs = 1 }).Epochs, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_loss_that_is_not_finite_stops_the_training_before_the_update()
    {
        float[] features = TestValues.Uniform(100 * 20, 1);
        features[45 * 20] = float.NaN;
        Sequential network = Network();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        Assert.That(
            () => trainer.Fit(
                Dataset.FromArrays(features, [20], TestValues.Labels(100, 4, 1), 4),
                new FitOptions { BatchSize = 10, Shuffle = false }),
            Throws.InstanceOf<NotFiniteNumberException>().With.Message.EqualTo("epoch 1, step 5: the loss is NaN; sample 45 is the first whose features are not finite: feature 0 is NaN; the parameters are those before this step"));
        Assert.That(network.Parameters.Values.ToArray(), Has.None.NaN);
    }

    [Test]
    public void Without_the_stop_NaN_is_not_hidden()
    {
        float[] features = [.. Enumerable.Repeat(float.NaN, 20)];
        TrainingHistory history = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f))
            .Fit(Dataset.FromArrays(features, [20], [1], 4), new FitOptions { Epochs = 1, StopOnNonFiniteLoss = false });
        Assert.That(history.Epochs[0].Training.Loss, Is.NaN);
    }

    [Test]
    public void An_exception_of_a_data_set_on_a_worker_is_rethrown_to_the_caller()
    {
        var trainer = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f), new Engine(3, SimdWidths.Best));
        Assert.That(
            () => trainer.Fit(new CountingDataset(4000, 20, 4, failAt: 2345), new FitOptions { BatchSize = 4000 }),
            Throws.InstanceOf<NotSupportedException>().With.Message.EqualTo("sample 2345"));
    }

    [Test]
    public void Bad_input_is_named_and_changes_nothing()
    {
        Sequential network = Network();
        int[] before = TestValues.Bits(network.Parameters.Values);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam());
        float[] inputs = new float[60];
        int[] labels = [0, 1, 2];
        Refused(() => trainer.TrainStep(new ReadOnlyMatrixView(inputs, 3, 19), labels), "dense1: expected input [batch, 20], got [3, 19]");
        Refused(() => trainer.TrainStep(new ReadOnlyMatrixView(inputs, 2, 20), labels), "expected 2 labels");
        Refused(() => trainer.TrainStep(new ReadOnlyMatrixView(inputs, 3, 20), [0, 4, 1]), "label of sample 1 must be 0 to 3");
        Refused(() => trainer.TrainStep(new ReadOnlyMatrixView(inputs, 0, 20), []), "empty");
        Refused(() => trainer.TrainStep(new ReadOnlyMatrixView(inputs, 3, 20), new ReadOnlyMatrixView(inputs, 3, 5)), "dense2: expected targets [3, 4], got [3, 5]");
        Refused(() => trainer.Fit(Dataset.FromArrays([], [20], [], 4), new FitOptions()), "empty");
        Refused(() => trainer.Fit(Dataset.FromArrays(inputs, [2, 5], [0, 1, 2, 0, 0, 0], 4), new FitOptions()), "dense1: expected samples [20], got [2, 5]");
        Refused(() => trainer.Fit(Dataset.FromArrays(inputs, [20], labels, 5), new FitOptions()), "dense2: 4 outputs, but the data set has 5 classes");
        Refused(() => trainer.Fit(Separable(5), new FitOptions { Epochs = 0 }), "Epochs");
        Refused(() => trainer.Fit(Separable(5), new FitOptions { BatchSize = -1 }), "BatchSize");
        Refused(() => network.Evaluate(Dataset.FromArrays([], [20], [], 4)), "empty");
        Refused(() => _ = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), new TrainerOptions { ThreadCount = 0 }), "ThreadCount");
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));

        static void Refused(Action action, string message) => Assert.That(action, Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));
    }

    [Test]
    public void Layers_without_the_overwriting_promise_get_cleared_gradients()
    {
        var network = new Sequential([3], 1, new ScaleLayer(), new Dense(2));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0));
        float[] inputs = TestValues.Uniform(3 * 300, 1);
        int[] labels = TestValues.Labels(300, 2, 1);
        trainer.TrainStep(new ReadOnlyMatrixView(inputs, 300, 3), labels);
        float[] first = network.Parameters["scale1.factor"].Gradients.ToArray();
        trainer.TrainStep(new ReadOnlyMatrixView(inputs, 300, 3), labels);
        Assert.That(network.Parameters["scale1.factor"].Gradients.ToArray(), Is.EqualTo(first));
        Assert.That(first, Has.None.Zero);
        LayerCheck.Gradients(new ScaleLayer(), [3], 4);
    }

    private static Sequential Network() => new([20], 1, new Dense(15, Activation.Relu), new Dense(4));

    /// <summary>Four classes, each with its own corner of the space.</summary>
    private static Dataset Separable(int count)
    {
        float[] features = TestValues.Uniform(count * 20, 9);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 4)];
        for (int i = 0; i < count; i++)
            features[i * 20 + labels[i]] += 3;
        return Dataset.FromArrays(features, [20], labels, 4);
    }

    private sealed class Recorder(Action<TrainingProgress> record) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => record(value);
    }

    private sealed class Pause(TimeSpan duration) : TrainingCallback
    {
        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress) => Thread.Sleep(duration);
    }
}
