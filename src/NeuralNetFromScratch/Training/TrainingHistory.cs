using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>What one epoch reached.</summary>
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

    /// <summary>The epoch's number, from 1.</summary>
    public int Epoch { get; }

    /// <summary>Loss and metrics of the training samples; each sample is measured with the parameters before its own update.</summary>
    public EvaluationResult Training { get; }

    /// <summary>
    /// Loss and metrics of the validation samples after the epoch, of the averaged network where there is one; null without validation samples.
    /// </summary>
    public EvaluationResult? Validation { get; }

    /// <summary>Time for shuffling, gathering and all steps, without callbacks, progress, checkpoints and validation.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Number of training samples.</summary>
    public int SampleCount { get; }

    /// <summary>Training samples in a second.</summary>
    public double SamplesPerSecond => SampleCount / Duration.TotalSeconds;

    /// <summary>What schedules watch: the figures of the validation samples where there are some.</summary>
    internal EvaluationResult Watched => Validation ?? Training;
}

/// <summary>The epochs of a training, first to last.</summary>
public sealed class TrainingHistory
{
    internal TrainingHistory(IReadOnlyList<EpochRecord> epochs) => Epochs = epochs;

    /// <summary>One record for each finished epoch.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; }

    /// <summary>A table with a line for each epoch.</summary>
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
