using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Metrics;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>Any metric, the library's and a user's own, in everything that a training shows and goes by.</summary>
public class FitMetricTests
{
    [Test]
    public void A_log_names_a_path_that_cannot_be_a_file()
    {
        Assert.That(() => new CsvLog(null!), Throws.ArgumentNullException);
        Assert.That(() => new CsvLog(""), Throws.ArgumentException.With.Message.Contains("path must not be empty"));
        using var folder = new Data.TemporaryFolder();
        foreach (string path in (string[])[folder.Root, Path.GetPathRoot(folder.Root)!])
            Assert.That(() => Fit(Network(), Options() with { Callbacks = [new CsvLog(path)] }), Throws.InstanceOf<IOException>().With.Message.Contains($"{path}: is a folder"));
        Fit(Network(), Options() with { Callbacks = [new CsvLog(folder.File("made/on/the/way.csv"))] });
        Assert.That(folder.File("made/on/the/way.csv"), Does.Exist);
    }

    private static readonly Metric[] Figures = [new Accuracy(), new F1Score(), new RocAuc(), new LogLoss(), new MeanMargin(), new MedianLargest()];

    private static readonly Dataset Training = Classes(203, 1), Validation = Classes(90, 2);

    [Test]
    public void Every_epoch_has_the_metrics_that_were_asked_for()
    {
        Sequential network = Network();
        TrainingHistory history = Fit(network, Options() with { Metrics = Figures, Validation = Validation });
        Assert.That(history.Epochs.Select(epoch => epoch.Training.Metrics), Is.All.EqualTo(Figures));
        EvaluationResult last = network.Evaluate(Validation, metrics: Figures);
        foreach (Metric metric in Figures)
        {
            Assert.That(history.Epochs[^1].Validation![metric].Value, Is.EqualTo(last[metric].Value), metric.Name);
            Assert.That(history.Epochs[^1].Training[metric].Value, Is.Not.NaN, metric.Name);
        }
    }

    [Test]
    public void A_whole_batch_is_measured_before_its_step()
    {
        Sequential network = Network();
        EvaluationResult before = network.Evaluate(Training, new SoftmaxCrossEntropy(), Figures);
        EvaluationResult epoch = Fit(network, Options() with { Epochs = 1, BatchSize = Training.Count, Shuffle = false, Metrics = Figures }).Epochs[0].Training;
        foreach (Metric metric in Figures)
            Assert.That(epoch[metric].Value, Is.EqualTo(before[metric].Value).Within(1e-6), metric.Name);
        Assert.That(epoch.Count, Is.EqualTo(Training.Count));
    }

    [Test]
    public void Figures_of_a_training_have_the_same_bits_at_any_number_of_threads([Values(2, 3, 7)] int threads) =>
        Assert.That(Values(threads), Is.EqualTo(Values(1)));

    [Test]
    public void A_resumed_training_ends_in_the_same_figures([Values(3, 13, 16)] int stopAfter)
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options() with
        {
            Metrics = Figures,
            Validation = Validation,
            Schedule = LearningRateSchedule.ReduceOnPlateau(0.5, patience: 0, threshold: 0.2, metric: "roc-auc"),
            EarlyStopping = new EarlyStopping { Metric = new MeanMargin(), Patience = 9 },
        };
        TrainingHistory whole = Fit(Network(), options);

        string path = folder.File("run.checkpoint");
        options = options with { Checkpoint = new CheckpointOptions { Path = path, EverySteps = 1 } };
        int steps = 0;
        using var cancellation = new CancellationTokenSource();
        var counter = new StepCounter(() =>
        {
            if (++steps == stopAfter)
                cancellation.Cancel();
        });
        Assert.That(
            () => Trainer(Network()).Fit(Training, options with { Callbacks = [counter] }, cancellationToken: cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        TrainingHistory resumed = Trainer(Network(), threads: 2).Resume(path, Training, options);
        Assert.That(Values(resumed), Is.EqualTo(Values(whole)));

        Assert.That(
            () => Trainer(Network()).Resume(path, Training, options with { Metrics = [new RocAuc()] }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("metrics"));
    }

    [Test]
    public void Early_stopping_watches_any_metric_and_gives_back_its_best_epoch()
    {
        Sequential network = Network();
        var metric = new MedianLargest();
        // The first step makes the network sure of itself, the others forget.
        TrainingHistory history = Fit(network, Options() with
        {
            Epochs = 40,
            Validation = Validation,
            Schedule = new ForgetAfter(2),
            EarlyStopping = new EarlyStopping { Metric = metric, Patience = 2 },
        });
        double[] figures = [.. history.Epochs.Select(epoch => epoch.Validation![metric].Value)];
        int best = Array.IndexOf(figures, figures.Max());
        Assert.That(history.Epochs, Has.Count.EqualTo(best + 1 + 3));
        Assert.That(network.Evaluate(Validation, metrics: [metric])[metric].Value, Is.EqualTo(figures[best]));
        Assert.That(history.Epochs[0].Training.Metrics, Is.EqualTo((Metric[])[new Accuracy(), metric]), "it is shown beside those of the loss");
    }

    [Test]
    public void A_figure_that_the_training_does_not_have_is_refused_before_anything_changes()
    {
        var network = new Sequential([2], 1, new Dense(1));
        int[] before = TestValues.Bits(network.Parameters.Values);
        var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(0.01f));
        Dataset numbers = Dataset.FromTargets(TestValues.Uniform(80, 1), [2], TestValues.Uniform(40, 2), 1);
        Refused(new() { Metrics = [new Accuracy()] }, "accuracy is not defined for dense targets and 1 output");
        Refused(new() { ValidationFraction = 0.5, EarlyStopping = new EarlyStopping { Metric = new Accuracy() } }, "accuracy is not defined");
        Refused(new() { Schedule = LearningRateSchedule.ReduceOnPlateau(metric: "accuracy") }, "the schedule watches the metric \"accuracy\", but the training has: none");
        Refused(
            new() { Metrics = [new R2()], Schedule = LearningRateSchedule.ReduceOnPlateau(metric: "mae").WithWarmUp(1) },
            "the schedule watches the metric \"mae\", but the training has: r2");
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
        Assert.That(trainer.Fit(numbers, new() { Epochs = 1 }).Epochs[0].Training.Metrics, Is.Empty, "a regression shows no accuracy");

        void Refused(FitOptions options, string message) =>
            Assert.That(() => trainer.Fit(numbers, options), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));
    }

    [Test]
    public void The_rate_falls_when_a_metric_stays_on_a_plateau()
    {
        // Nothing changes at a rate of 0: the accuracy stays, the factor falls after each epoch but the first.
        var rates = new List<double>();
        LearningRateSchedule plateau = LearningRateSchedule.ReduceOnPlateau(0.5, patience: 0, metric: "accuracy");
        var network = Network();
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0)).Fit(Training, Options() with { BatchSize = 203, Schedule = new Recorder(plateau, rates), Validation = Validation });
        Assert.That(rates, Is.EqualTo((double[])[1, 1, 0.5, 0.25]));
    }

    [Test]
    public void The_log_has_a_column_for_each_metric()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("log.csv");
        TrainingHistory history = Fit(Network(), Options() with { Metrics = [new TopKAccuracy(2), new MeanMargin()], Validation = Validation, Callbacks = [new CsvLog(path)] });
        string[] lines = File.ReadAllLines(path);
        Assert.That(lines[0], Is.EqualTo(
            "epoch,training_loss,training_top_2_accuracy,training_mean_margin,validation_loss,validation_top_2_accuracy,validation_mean_margin,seconds"));
        Assert.That(lines, Has.Length.EqualTo(1 + history.Epochs.Count));
        Assert.That(double.Parse(lines[^1].Split(',')[6], System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(history.Epochs[^1].Validation!["mean-margin"].Value));
    }

    [Test]
    public void A_history_is_a_table()
    {
        var history = new TrainingHistory(
        [
            new EpochRecord(1, Result(2.5, 0.5), Result(1.25, 0.75), TimeSpan.FromSeconds(1.234), 10),
            new EpochRecord(10, Result(0.125, 1), Result(double.NaN, 0.7), TimeSpan.FromSeconds(12), 10),
        ]);
        Assert.That(history.ToString(), Is.EqualTo("""
            epoch    loss  accuracy  validation loss  accuracy  seconds
                1  2.5000    0.5000           1.2500    0.7500     1.23
               10  0.1250    1.0000              NaN    0.7000    12.00

            """));

        static EvaluationResult Result(double loss, double accuracy) => new(10, 0, loss, [new Accuracy()], [new(accuracy)], []);
    }

    private static double[] Values(int threads) => Values(Trainer(Network(), threads).Fit(Training, Options() with { Metrics = Figures, Validation = Validation }));

    private static double[] Values(TrainingHistory history) =>
    [
        .. history.Epochs.SelectMany(epoch => (EvaluationResult[])[epoch.Training, epoch.Validation!])
            .SelectMany(result => (double[])[result.Loss, .. result.Metrics.Select(metric => result[metric].Value)]),
    ];

    private static FitOptions Options() => new() { Epochs = 4, BatchSize = 40, Seed = 5 };

    private static TrainingHistory Fit(Sequential network, FitOptions options) => Trainer(network).Fit(Training, options);

    private static Trainer Trainer(Sequential network, int threads = 1) =>
        new(network, new SoftmaxCrossEntropy(), new Sgd(0.3f), new Engine(threads, SimdWidths.Best));

    private static Sequential Network() => new([4], 3, new Dense(8, Activation.Tanh), new Dense(3));

    private static Dataset Classes(int count, ulong seed)
    {
        float[] features = TestValues.Uniform(count * 4, seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => features[4 * i] > 0.3f ? 2 : features[4 * i + 1] > 0 ? 1 : 0)];
        return Dataset.FromArrays(features, [4], labels, 3);
    }

    private sealed class StepCounter(Action counts) : TrainingCallback
    {
        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress) => counts();
    }

    /// <summary>After some epochs the rate is so high that what was learned is lost.</summary>
    private sealed class ForgetAfter(int epochs) : LearningRateSchedule(new Settings("forget-after", new Setting("epochs", epochs)))
    {
        public override double Factor(TrainingPosition position) => position.Epochs < epochs ? 1 : -0.1;
    }

    private sealed class Recorder(LearningRateSchedule inner, List<double> rates) : LearningRateSchedule(inner.Settings)
    {
        public override IEnumerable<string> WatchedMetrics => inner.WatchedMetrics;

        public override double Factor(TrainingPosition position)
        {
            rates.Add(inner.Factor(position));
            return rates[^1];
        }
    }
}
