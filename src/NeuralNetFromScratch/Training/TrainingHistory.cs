using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>The loss and metrics of one epoch.</summary>
public sealed class EpochRecord
{
    internal EpochRecord(int epoch, EvaluationResult training, EvaluationResult? validation, TimeSpan duration, int sampleCount)
    {
        Epoch = epoch;
        Training = training;
        Validation = validation;
        Duration = duration;
        SampleCount = sampleCount;
    }

    /// <summary>The number of the epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The loss and metrics of the training samples. Each sample is measured with the parameters before its own update.</summary>
    public EvaluationResult Training { get; }

    /// <summary>
    /// The loss and metrics of the validation samples after the epoch, computed with the averaged network if there is one; null without
    /// validation samples.
    /// </summary>
    public EvaluationResult? Validation { get; }

    /// <summary>The time for shuffling, copying samples and all steps, without callbacks, progress, checkpoints and validation.</summary>
    public TimeSpan Duration { get; }

    /// <summary>The number of training samples.</summary>
    public int SampleCount { get; }

    /// <summary>
    /// The number of threads in use at the end of the epoch. It is chosen for the shortest steps and is at most <see cref="Trainer.ThreadCount"/>. 0 if it is not
    /// known.
    /// </summary>
    public int ThreadCount { get; internal init; }

    /// <summary>The number of training samples per second.</summary>
    public double SamplesPerSecond => SampleCount / Duration.TotalSeconds;

    /// <summary>The results that schedules watch: those of the validation samples if there are any.</summary>
    internal EvaluationResult Watched => Validation ?? Training;
}

/// <summary>The reason why a training ended.</summary>
public enum TrainingEndReason
{
    /// <summary>All epochs are done.</summary>
    Completed,

    /// <summary>Early stopping found no improvement.</summary>
    EarlyStopping,

    /// <summary>A callback called <see cref="TrainingRun.Stop"/>.</summary>
    Callback,

    /// <summary>The cancellation token was cancelled.</summary>
    Cancelled,

    /// <summary>The loss was NaN or infinite.</summary>
    NonFiniteLoss,
}

/// <summary>The epochs of a training, in order.</summary>
public sealed class TrainingHistory
{
    internal TrainingHistory(IReadOnlyList<EpochRecord> epochs) => Epochs = epochs;

    /// <summary>One record for each finished epoch.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; }

    /// <summary>
    /// The reason why the training ended; null while it is in progress, or if an exception ended it that has no value in
    /// <see cref="TrainingEndReason"/>.
    /// </summary>
    public TrainingEndReason? EndReason { get; internal set; }

    /// <summary>Returns a table with a line for each epoch.</summary>
    public override string ToString()
    {
        if (Epochs.Count == 0)
            return "no epoch was finished";
        var rows = new List<string[]> { Heading(Epochs[0]) };
        rows.AddRange(Epochs.Select(Row));
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadLeft(widths[column])))).Append('\n');
        return text.ToString();
    }

    private static string[] Heading(EpochRecord epoch) =>
    [
        "epoch", "loss", .. epoch.Training.Metrics.Select(metric => metric.Name),
        .. epoch.Validation is { } validation ? (string[])["validation loss", .. validation.Metrics.Select(metric => metric.Name)] : [],
        "seconds",
    ];

    private static string[] Row(EpochRecord epoch) =>
    [
        epoch.Epoch.ToString(CultureInfo.InvariantCulture),
        .. Figures(epoch.Training),
        .. epoch.Validation is null ? [] : Figures(epoch.Validation),
        epoch.Duration.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture),
    ];

    private static IEnumerable<string> Figures(EvaluationResult result) => [FigureText.Of(result.Loss), .. result.Metrics.Select(metric => FigureText.Of(result[metric].Value))];
}
