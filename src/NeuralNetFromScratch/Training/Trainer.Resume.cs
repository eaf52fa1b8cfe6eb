namespace NeuralNetFromScratch;

/// <summary>Trainings that go on from a checkpoint.</summary>
public sealed partial class Trainer
{
    /// <summary>
    /// Goes on with a <see cref="Fit"/> that was interrupted, from a checkpoint that it wrote: the same network, loss, optimizer, samples and
    /// options give the same bits as if it had not been interrupted, at any number of threads. The checkpoint cannot tell whether the
    /// samples' contents are the same; the number of epochs may be another.
    /// </summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="training">The samples.</param>
    /// <param name="options">Epochs, batch size and so on.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step.</param>
    /// <returns>What each epoch reached, those before the interruption included.</returns>
    /// <exception cref="InvalidDataException">The file is malformed or belongs to another training: the message says what differs. Nothing has changed.</exception>
    /// <exception cref="ArgumentException">As for <see cref="Fit"/>.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite, and <see cref="FitOptions.StopOnNonFiniteLoss"/> is set.</exception>
    /// <exception cref="InvalidOperationException">Another call of the trainer goes on.</exception>
    public TrainingHistory Resume(
        string path, Dataset training, FitOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        using UseGuard.Use use = BeginUse();
        TrainingPlan plan = Begin(training, options);
        HistoryPlace history;
        using (SafetensorsReader file = SafetensorsReader.Open(path))
        {
            try
            {
                history = CheckpointFile.Read(file, Fingerprint(plan), _state, plan.StepsPerEpoch, place => CheckpointHistory.Read(path, place));
            }
            catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
            {
                throw new InvalidDataException($"{path}: {exception.Message}", exception);
            }
        }

        return Run(plan, progress, cancellationToken, (path, history, _state.History.Count));
    }
}
