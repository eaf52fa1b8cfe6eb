using System.Globalization;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

public class FitOptionsTests
{
    [Test]
    public void A_fraction_that_leaves_nothing_is_named_with_the_count_and_the_option()
    {
        var network = new Sequential([1], 1, new Dense(2));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        Dataset four = Dataset.FromArrays([1, 2, 3, 4], [1], [0, 1, 0, 1], 2);
        Assert.That(
            () => trainer.Fit(four, new FitOptions { ValidationFraction = 0.1 }),
            Throws.ArgumentException.With.Message.Contains("a ValidationFraction of 0.1 leaves 0 of 4 samples for validation and 4 for training"));
        Assert.That(
            () => trainer.Fit(four, new FitOptions { ValidationFraction = 0.9 }),
            Throws.ArgumentException.With.Message.Contains("a ValidationFraction of 0.9 leaves 4 of 4 samples for validation and 0 for training"));
        Assert.That(() => trainer.Fit(four, new FitOptions { BatchSize = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("BatchSize"));
    }

    [Test]
    public void A_validation_fraction_is_held_out_by_class()
    {
        var trainer = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f));
        TrainingHistory history = trainer.Fit(Separable(200), new FitOptions { Epochs = 2, ValidationFraction = 0.2 });
        Assert.That(history.Epochs[0].SampleCount, Is.EqualTo(160));
        Assert.That(history.Epochs[1].Validation?.Accuracy, Is.Not.Null);
    }

    [Test]
    public void Early_stopping_ends_in_time_and_gives_back_the_best_parameters()
    {
        // Rate 0 for ever after two epochs, then a jump that ruins everything: the second epoch is the best.
        Sequential network = Network();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        (Dataset training, Dataset validation) = Separable(200).Split(50, 1);
        float[] best = [];
        var keeper = new Watcher((run, epoch) =>
        {
            if (epoch.Epoch == 2)
                best = run.Network.Parameters.Values.ToArray();
        });
        TrainingHistory history = trainer.Fit(training, new FitOptions
        {
            Epochs = 50,
            Validation = validation,
            Schedule = new Ruin(),
            EarlyStopping = new EarlyStopping { Patience = 3 },
            Callbacks = [keeper],
        });
        Assert.That(history.Epochs, Has.Count.EqualTo(6), "two good ones, three that were patiently borne, one too many");
        Assert.That(network.Parameters.Values.ToArray(), Is.EqualTo(best));
        Assert.That(network.Evaluate(validation).Loss, Is.EqualTo(history.Epochs[1].Validation?.Loss));
    }

    [Test]
    public void Without_restoring_the_last_parameters_stay()
    {
        Sequential network = Network();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        Dataset data = Separable(100);
        TrainingHistory history = trainer.Fit(data, new FitOptions
        {
            Epochs = 9,
            Schedule = new Ruin(),
            EarlyStopping = new EarlyStopping { WatchesTraining = true, RestoresBest = false, Patience = 0 },
        });
        Assert.That(network.Evaluate(data).Loss, Is.GreaterThan(2 * history.Epochs[1].Training.Loss));
    }

    [Test]
    public void Accuracy_can_be_watched_and_an_improvement_must_be_large_enough()
    {
        var trainer = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f));
        TrainingHistory history = trainer.Fit(Separable(200), new FitOptions
        {
            Epochs = 60,
            ValidationFraction = 0.25,
            EarlyStopping = new EarlyStopping { Metric = new Accuracy(), MinImprovement = 2, Patience = 4 },
        });
        Assert.That(history.Epochs, Has.Count.EqualTo(6), "no epoch is better than the first by 200 %");
    }

    [Test]
    public void Accumulated_batches_are_one_large_batch()
    {
        Assert.That(Train(16, 4), Is.EqualTo(Train(64, 1)));

        static int[] Train(int batch, int accumulation)
        {
            Sequential network = Network();
            new Trainer(network, new SoftmaxCrossEntropy(), new Adam()).Fit(
                Separable(200), new FitOptions { Epochs = 3, BatchSize = batch, AccumulationSteps = accumulation });
            return TestValues.Bits(network.Parameters.Values);
        }
    }

    [Test]
    public void Accumulated_batches_are_normalized_each_by_itself()
    {
        // The variance of one batch of 16 samples also has the distance between the means of its halves.
        (float variance, float mean) = Statistics(8, 2);
        Assert.That(variance, Is.Not.EqualTo(Statistics(16, 1).Variance).Within(1e-6));
        // The update mixes in the mean of both batches' statistics, once.
        Assert.That(mean, Is.EqualTo(Statistics(16, 1).Mean).Within(1e-6));

        static (float Variance, float Mean) Statistics(int batch, int accumulation)
        {
            var network = new Sequential([20], 1, new BatchNormalization(), new Dense(4));
            new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0)).Fit(
                Separable(16), new FitOptions { Epochs = 1, BatchSize = batch, AccumulationSteps = accumulation, Shuffle = false });
            return (network.Parameters["batchnorm1.variance"].Values[0], network.Parameters["batchnorm1.mean"].Values[0]);
        }
    }

    [Test]
    public void Callbacks_see_everything_and_can_stop()
    {
        var watcher = new Watcher((run, epoch) =>
        {
            if (epoch.Epoch == 3)
                run.Stop();
        });
        TrainingHistory history = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f))
            .Fit(Separable(100), new FitOptions { Epochs = 9, BatchSize = 10, Callbacks = [watcher] });
        Assert.That(history.Epochs, Has.Count.EqualTo(3));
        Assert.That((watcher.Begins, watcher.Steps, watcher.Ends), Is.EqualTo((1, 30, 1)));
    }

    [Test]
    public void A_step_can_stop_the_training_and_the_cut_epoch_leaves_no_record()
    {
        var watcher = new Watcher((_, _) => { }, stopAtStep: 15);
        TrainingHistory history = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f))
            .Fit(Separable(100), new FitOptions { Epochs = 9, BatchSize = 10, Callbacks = [watcher] });
        Assert.That(history.Epochs, Has.Count.EqualTo(1));
        Assert.That(watcher.Steps, Is.EqualTo(15));
    }

    [Test]
    public void The_log_has_a_line_for_each_epoch_in_every_culture()
    {
        using var folder = new TemporaryFolder();
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        string path = folder.File("log.csv");
        TrainingHistory history = new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd(0.1f))
            .Fit(Separable(100), new FitOptions { Epochs = 2, ValidationFraction = 0.5, Callbacks = [new CsvLog(path)] });
        string[] lines = File.ReadAllLines(path);
        Assert.That(lines, Has.Length.EqualTo(3));
        Assert.That(lines[0], Is.EqualTo("epoch,training_loss,training_accuracy,validation_loss,validation_accuracy,seconds"));
        string[] cells = lines[2].Split(',');
        Assert.That(double.Parse(cells[1], CultureInfo.InvariantCulture), Is.EqualTo(history.Epochs[1].Training.Loss));
        Assert.That(double.Parse(cells[4], CultureInfo.InvariantCulture), Is.EqualTo(history.Epochs[1].Validation?.Accuracy));
    }

    [Test]
    public void The_rate_finder_suggests_a_rate_that_learns_and_changes_nothing()
    {
        var network = new Sequential([20], 1, new Dense(15, Activation.Relu), new BatchNormalization(), new Dropout(0.1f), new Dense(4));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam { EmaDecay = 0.9f });
        Dataset data = Separable(200);
        trainer.Fit(data, new FitOptions { Epochs = 1 });
        int[] before = TestValues.Bits(network.Parameters.Values), average = TestValues.Bits(trainer.AveragedNetwork!.Parameters.Values);
        LearningRateRangeTest search = trainer.FindLearningRate(data, stepCount: 60, batchSize: 32);
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
        Assert.That(TestValues.Bits(trainer.AveragedNetwork.Parameters.Values), Is.EqualTo(average));
        Assert.That(search.Points[0].LearningRate, Is.EqualTo(1e-5f).Within(1e-10));
        Assert.That(search.Points[1].LearningRate / search.Points[0].LearningRate, Is.EqualTo(search.Points[5].LearningRate / search.Points[4].LearningRate).Within(1e-4));
        Assert.That(search.Suggestion, Is.InRange(1e-4f, 1));

        // What follows is as if nobody had searched.
        Assert.That(Train(searches: true), Is.EqualTo(Train(searches: false)));
        Assert.That(trainer.FindLearningRate(data, 1e-4f, 1e-3f, stepCount: 5).Points, Has.Count.EqualTo(5));

        int[] Train(bool searches)
        {
            Sequential copy = network.Copy();
            var other = new Trainer(copy, new SoftmaxCrossEntropy(), new Adam { EmaDecay = 0.9f });
            other.Fit(data, new FitOptions { Epochs = 1 });
            if (searches)
                other.FindLearningRate(data, stepCount: 30);
            other.Fit(data, new FitOptions { Epochs = 2 });
            return [.. TestValues.Bits(copy.Parameters.Values), .. TestValues.Bits(other.AveragedNetwork!.Parameters.Values)];
        }
    }

    [Test]
    public void A_schedule_of_the_momentum_needs_an_optimizer_with_momentum()
    {
        LearningRateSchedule schedule = LearningRateSchedule.OneCycle(momentum: (0.85, 0.95));
        foreach (Optimizer without in (Optimizer[])[new Sgd(), new RmsProp(), new Adagrad()])
        {
            Assert.That(
                () => new Trainer(Network(), new SoftmaxCrossEntropy(), without).Fit(Separable(20), new FitOptions { Epochs = 1, Schedule = schedule }),
                Throws.ArgumentException.With.Message.Contains($"the schedule sets the momentum, but {without} has none"));
        }

        foreach (Optimizer with in (Optimizer[])[new Sgd(0.1f, 0.5f), new Adam(), new AdamW()])
        {
            Assert.That(
                new Trainer(Network(), new SoftmaxCrossEntropy(), with).Fit(Separable(20), new FitOptions { Epochs = 1, Schedule = schedule }).Epochs, Has.Count.EqualTo(1));
        }
    }

    internal static Sequential Network() => new([20], 1, new Dense(15, Activation.Relu), new Dense(4));

    /// <summary>Four classes, each with its own corner of the space.</summary>
    internal static Dataset Separable(int count)
    {
        float[] features = TestValues.Uniform(count * 20, 9);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 4)];
        for (int i = 0; i < count; i++)
            features[i * 20 + labels[i]] += 3;
        return Dataset.FromArrays(features, [20], labels, 4);
    }

    /// <summary>Two epochs as they should be, then a rate that spoils everything.</summary>
    private sealed class Ruin() : LearningRateSchedule(new Settings("ruin"))
    {
        public override double Factor(TrainingPosition position) => position.Epochs < 2 ? 1 : 100;
    }

    private sealed class Watcher(Action<TrainingRun, EpochRecord> onEpoch, int stopAtStep = -1) : TrainingCallback
    {
        public int Begins { get; private set; }

        public int Steps { get; private set; }

        public int Ends { get; private set; }

        public override void OnTrainingBegin(TrainingRun run) => Begins++;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++Steps == stopAtStep)
                run.Stop();
        }

        public override void OnEpochEnd(TrainingRun run, EpochRecord epoch) => onEpoch(run, epoch);

        public override void OnTrainingEnd(TrainingRun run) => Ends++;
    }
}
