using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// Writes a CSV file with a heading and a line for each epoch: epoch, training loss and metrics, validation loss and metrics (if there are
/// validation samples), duration in seconds. In a cluster, rank 0 writes it. Numbers have a decimal point and read back to the same value.
/// </summary>
/// <param name="path">The path of the file. An existing file is replaced; a missing folder is created.</param>
/// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
public sealed class CsvLog(string path) : TrainingCallback
{
    private readonly string _path = Guard.NotEmpty(path, nameof(path));

    /// <inheritdoc/>
    /// <exception cref="IOException">The path is that of a folder, or the file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public override void OnTrainingBegin(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Rank > 0)
            return;
        if (Directory.Exists(_path) || Path.GetDirectoryName(Path.GetFullPath(_path)) is not { } folder)
            throw new IOException($"{_path}: is a folder, not a file");
        Directory.CreateDirectory(folder);
        File.WriteAllText(_path, "");
        // A training that is resumed from a checkpoint already has epochs.
        foreach (EpochRecord epoch in run.History.Epochs)
            Append(epoch);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(epoch);
        if (run.Rank == 0)
            Append(epoch);
    }

    private void Append(EpochRecord epoch)
    {
        if (epoch.Epoch == 1)
            File.AppendAllLines(_path, [string.Join(',', Heading(epoch))]);
        File.AppendAllLines(_path, [string.Join(',', Cells(epoch))]);
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
