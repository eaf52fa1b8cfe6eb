using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// Writes a CSV file with a heading and a line for each epoch: epoch, training loss and metrics, validation loss and metrics (if there are
/// validation samples), duration in seconds. Numbers have a decimal point and read back to the same value.
/// </summary>
/// <param name="path">The path of the file. An existing file is replaced; a missing folder is created.</param>
public sealed class CsvLog(string path) : TrainingCallback
{
    /// <inheritdoc/>
    public override void OnTrainingBegin(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, "");
        // A training that is resumed from a checkpoint already has epochs.
        foreach (EpochRecord epoch in run.History.Epochs)
            Append(epoch);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        Append(epoch);
    }

    private void Append(EpochRecord epoch)
    {
        if (epoch.Epoch == 1)
            File.AppendAllLines(path, [string.Join(',', Heading(epoch))]);
        File.AppendAllLines(path, [string.Join(',', Cells(epoch))]);
    }

    private static IEnumerable<string> Heading(EpochRecord epoch) =>
    [
        "epoch", .. Names("training", epoch.Training), .. epoch.Validation is null ? [] : Names("validation", epoch.Validation), "seconds",
    ];

    private static IEnumerable<string> Names(string prefix, EvaluationResult result) =>
        [$"{prefix}_loss", .. result.Metrics.Select(metric => $"{prefix}_{metric.Name.Replace(',', '_').Replace(' ', '_').Replace('-', '_')}")];

    private static IEnumerable<string> Cells(EpochRecord epoch) =>
    [
        epoch.Epoch.ToString(CultureInfo.InvariantCulture),
        .. Numbers(epoch.Training), .. epoch.Validation is null ? [] : Numbers(epoch.Validation),
        epoch.Duration.TotalSeconds.ToString("R", CultureInfo.InvariantCulture),
    ];

    private static IEnumerable<string> Numbers(EvaluationResult result) => ((double[])[result.Loss, .. result.Metrics.Select(metric => result[metric].Value)])
        .Select(value => value.ToString("R", CultureInfo.InvariantCulture));
}
