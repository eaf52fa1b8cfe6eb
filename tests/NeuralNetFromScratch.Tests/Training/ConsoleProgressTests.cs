using System.Globalization;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Training;

public class ConsoleProgressTests
{
    private static readonly Dataset Data = SyntheticDigits.Create(120, 1);

    [Test]
    public void The_bar_fits_a_narrow_terminal([Values(20, 40, 0)] int width)
    {
        using var writer = new StringWriter();
        var network = new Sequential([4], 1, new Dense(2));
        Dataset data = Dataset.FromArrays(new float[4000], [4], new int[1000], 2);
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd()).Fit(data, new FitOptions { Epochs = 1, BatchSize = 1 }, new ConsoleProgress(writer, isTerminal: true, () => width));
        string[] drawn = [.. writer.ToString().Split('\r').Where(part => part.Contains('['))];
        Assert.That(drawn, Is.Not.Empty);
        Assert.That(drawn.Select(part => part.Length), Has.All.LessThanOrEqualTo(width > 0 ? width - 1 : 79));
    }

    [Test]
    public void A_training_writes_a_heading_and_a_line_for_each_epoch()
    {
        (string text, TrainingHistory history) = Run(new FitOptions { Epochs = 3, BatchSize = 20 });
        string[] lines = text.Split(Environment.NewLine);
        Assert.That(lines, Has.Length.EqualTo(5).And.ItemAt(4).Empty);
        Assert.That(lines[0], Is.EqualTo("epoch      loss  accuracy  seconds  threads"));
        for (int i = 0; i < 3; i++)
        {
            EpochRecord epoch = history.Epochs[i];
            Assert.That(
                Words(lines[i + 1]),
                Is.EqualTo((string[])[$"{i + 1}/3", Text(epoch.Training.Loss, "F4"), Text(epoch.Training.Accuracy, "F4"), Text(epoch.Duration.TotalSeconds, "F2"), "2"]));
            Assert.That(lines[i + 1], Has.Length.EqualTo(lines[0].Length), "columns stay in place");
        }
    }

    [Test]
    public void Validation_has_separate_columns_below_a_group_heading()
    {
        (string text, TrainingHistory history) = Run(new FitOptions { Epochs = 10, BatchSize = 60, ValidationFraction = 0.2 });
        string[] lines = text.Split(Environment.NewLine);
        Assert.That(lines[0], Is.EqualTo("       training            validation"));
        Assert.That(lines[1], Is.EqualTo("epoch      loss  accuracy        loss  accuracy  seconds  threads"));
        Assert.That(Words(lines[2])[..2], Is.EqualTo((string[])["1/10", Text(history.Epochs[0].Training.Loss, "F4")]));
        Assert.That(Words(lines[11])[3..5], Is.EqualTo((string[])[Text(history.Epochs[9].Validation!.Loss, "F4"), Text(history.Epochs[9].Validation!.Accuracy, "F4")]));
    }

    [Test]
    public void Lines_have_at_most_80_columns_with_any_metrics()
    {
        Metric[] metrics = [new Accuracy(), new TopKAccuracy(2), new TopKAccuracy(3), new TopKAccuracy(4), new ConfusionMatrixMetric(), new LogLoss()];
        (string text, _) = Run(new FitOptions { Epochs = 2, Metrics = metrics, ValidationFraction = 0.2 });
        string[] lines = text.Split(Environment.NewLine);
        Assert.That(lines.Select(line => line.Length), Is.All.LessThanOrEqualTo(80));
        Assert.That(lines[1], Does.Contain("accuracy").And.Contain("seconds").And.Contain("threads"));
    }

    [Test]
    public void A_second_training_has_a_heading_again()
    {
        using var writer = new StringWriter();
        var progress = new ConsoleProgress(writer);
        Trainer trainer = Create();
        trainer.Fit(Data, new FitOptions { Epochs = 1 }, progress);
        trainer.Fit(Data, new FitOptions { Epochs = 1 }, progress);
        Assert.That(writer.ToString().Split(Environment.NewLine).Count(line => line.StartsWith("epoch", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    [Test]
    public void The_culture_does_not_matter()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.That(Run(new FitOptions { Epochs = 1 }, isTerminal: true).Text, Does.Not.Contain(","));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Test]
    public void A_terminal_shows_a_bar_that_the_lines_replace()
    {
        (string text, _) = Run(new FitOptions { Epochs = 2, BatchSize = 10 }, isTerminal: true);
        Assert.That(text, Does.Contain("\repoch 1/2 [==                      ]   8 %  loss "));
        // What a terminal shows in the end: of each line, what was written after the last return that covers it.
        string[] lines = text.Split(Environment.NewLine);
        Assert.That(lines.SelectMany(line => line.Split('\r')).Select(part => part.Length), Is.All.LessThanOrEqualTo(80));
        Assert.That(lines.Select(line => line.Split('\r')[^1].TrimEnd()).Select(line => Words(line).FirstOrDefault("")), Is.EqualTo((string[])["epoch", "1/2", "2/2", ""]));
    }

    [Test]
    public void A_cancelled_training_leaves_no_bar_behind()
    {
        using var writer = new StringWriter();
        using var cancellation = new CancellationTokenSource();
        var options = new FitOptions { Epochs = 2, BatchSize = 10, Callbacks = [new Cancelling(cancellation)] };
        Assert.That(
            () => Create().Fit(Data, options, new ConsoleProgress(writer, isTerminal: true), cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(writer.ToString(), Does.Contain("[").And.EndsWith(" \r"));
    }

    [Test]
    public void Steps_that_show_nothing_allocate_nothing()
    {
        // As many reports as steps, if they were made: what differs between few and many steps is what a step allocates.
        using var writer = new StringWriter();
        var progress = new ConsoleProgress(writer);
        var engine = new Engine(1, SimdWidths.Best);
        var trainer = new Trainer(new Sequential([28, 28], 1, new Dense(10)), new SoftmaxCrossEntropy(), new Sgd(0.1f), engine);
        long few = Allocated(60), many = Allocated(2);
        Assert.That(many, Is.LessThanOrEqualTo(few));

        long Allocated(int batch) => Enumerable.Range(0, 5).Min(_ =>
        {
            trainer.Fit(Data, new FitOptions { Epochs = 1, BatchSize = batch }, progress);
            writer.GetStringBuilder().Clear();
            long before = GC.GetAllocatedBytesForCurrentThread();
            trainer.Fit(Data, new FitOptions { Epochs = 1, BatchSize = batch }, progress);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }

    [Test]
    public void A_download_writes_a_line_for_each_file_or_a_bar()
    {
        using var lines = new StringWriter();
        using var terminal = new StringWriter();
        foreach (IProgress<DownloadProgress> progress in (IProgress<DownloadProgress>[])[new ConsoleProgress(lines), new ConsoleProgress(terminal, isTerminal: true)])
        {
            progress.Report(new("images.gz", 1, 2, 1_000_000, 4_000_000));
            progress.Report(new("images.gz", 1, 2, 4_000_000, 4_000_000));
            progress.Report(new("labels.gz", 2, 2, 500, null));
        }

        Assert.That(lines.ToString(), Is.EqualTo($"fetching images.gz (1 of 2){Environment.NewLine}fetching labels.gz (2 of 2){Environment.NewLine}"));
        Assert.That(terminal.ToString(), Does.StartWith("\rimages.gz (1 of 2) [======                  ]  25 %  1.0 MB").And.Contains("fetched images.gz (1 of 2), 4.0 MB"));
    }

    private static (string Text, TrainingHistory History) Run(FitOptions options, bool isTerminal = false)
    {
        using var writer = new StringWriter();
        TrainingHistory history = Create().Fit(Data, options, new ConsoleProgress(writer, isTerminal));
        return (writer.ToString(), history);
    }

    private static Trainer Create() =>
        new(new Sequential([28, 28], 1, new Dense(10)), new SoftmaxCrossEntropy(), new Sgd(0.1f), new Engine(2, SimdWidths.Best));

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private sealed class Cancelling(CancellationTokenSource cancellation) : TrainingCallback
    {
        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (progress.Step == 5)
                cancellation.Cancel();
        }
    }
}
