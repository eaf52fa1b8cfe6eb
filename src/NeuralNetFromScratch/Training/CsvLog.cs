using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// Writes a line of figures after each epoch, with a heading: epoch, training loss and accuracy, validation loss and accuracy (empty
/// without a validation set), seconds. Numbers are written so that they read back to the same value, with a point.
/// </summary>
/// <param name="path">The file; one that is there is replaced.</param>
public sealed class CsvLog(string path) : TrainingCallback
{
    /// <inheritdoc/>
    public override void OnTrainingBegin(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        // A training that goes on from a checkpoint has epochs already.
        File.WriteAllText(path, "epoch,training_loss,training_accuracy,validation_loss,validation_accuracy,seconds\n");
        File.AppendAllLines(path, run.History.Epochs.Select(Line));
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        File.AppendAllLines(path, [Line(epoch)]);
    }

    private static string Line(EpochRecord epoch) => string.Create(
        CultureInfo.InvariantCulture,
        $"{epoch.Epoch},{epoch.TrainingLoss:R},{epoch.TrainingAccuracy:R},{epoch.ValidationLoss:R},{epoch.ValidationAccuracy:R},{epoch.Seconds:R}");
}
