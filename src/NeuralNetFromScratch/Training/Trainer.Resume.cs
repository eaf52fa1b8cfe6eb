namespace NeuralNetFromScratch;

/// <summary>Trainings that go on from a checkpoint.</summary>
public sealed partial class Trainer
{
    /// <summary>
    /// Goes on with a <see cref="Fit"/> that was interrupted, from a checkpoint that it wrote: the same network, loss, optimizer, samples and
    /// options give the same bits as if it had not been interrupted, at any number of threads. <see cref="Dataset.GetFingerprint"/>, where a data set
    /// has one, tells whether the samples are the same. The number of epochs may be another; a finished training returns at once.
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
        HistoryPlace history = Read(path, plan, fitsOtherData: false)!;
        return Run(plan, progress, cancellationToken, (path, history, _state.History.Count));
    }

    /// <summary>
    /// Trains, or goes on with a training that was interrupted, or returns one that is finished, by what the checkpoint of the options says:
    /// <list type="table">
    /// <listheader><term>checkpoint</term><description>what happens</description></listheader>
    /// <item><term>none</term><description>the training begins, as <see cref="Fit"/></description></item>
    /// <item><term>unfinished, same data and options</term><description>the training goes on, as <see cref="Resume"/></description></item>
    /// <item><term>finished, same data and options</term><description>nothing is trained; network and history are those of its end</description></item>
    /// <item><term>of other data</term><description>the training begins with the parameters that the network has, as <see cref="Fit"/></description></item>
    /// <item><term>of other options</term><description>it is refused; the message names them</description></item>
    /// </list>
    /// More epochs than a finished training had are a training to go on with; callbacks, checkpoint and threads may differ. Data are the same by
    /// <see cref="Dataset.GetFingerprint"/>; where a data set has none, by the number of samples alone. A training that a callback stopped is finished, one
    /// that was cancelled is not.
    /// </summary>
    /// <param name="training">The samples.</param>
    /// <param name="options">Epochs, batch size and so on; <see cref="FitOptions.Checkpoint"/> says where the checkpoint is.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step; the checkpoint then has that step.</param>
    /// <returns>What each epoch reached, those before an interruption included.</returns>
    /// <exception cref="InvalidDataException">
    /// The checkpoint is malformed, or of other options: delete it or name another path to train anew. Nothing has changed.
    /// </exception>
    /// <exception cref="ArgumentException">The options have no checkpoint; or as for <see cref="Fit"/>.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite, and <see cref="FitOptions.StopOnNonFiniteLoss"/> is set.</exception>
    /// <exception cref="InvalidOperationException">Another call of the trainer goes on.</exception>
    public TrainingHistory ResumeOrFit(
        Dataset training, FitOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Checkpoint is not { } checkpoint)
            throw new ArgumentException($"{nameof(ResumeOrFit)} needs {nameof(FitOptions)}.{nameof(FitOptions.Checkpoint)}: the file that says where the training stands", nameof(options));
        using UseGuard.Use use = BeginUse();
        TrainingPlan plan = Begin(training, options);
        if (!File.Exists(checkpoint.Path) || Read(checkpoint.Path, plan, fitsOtherData: true) is not { } history)
            return Run(plan, progress, cancellationToken);
        bool isFinished = _state.IsStopped || _state.Epoch > options.Epochs || _state.Ended == TrainingEndReason.Callback;
        return isFinished ? Finished(options) : Run(plan, progress, cancellationToken, (checkpoint.Path, history, _state.History.Count));
    }

    /// <summary>The end of a training that a checkpoint has whole.</summary>
    private TrainingHistory Finished(FitOptions options)
    {
        _state.RestoreBest(options.EarlyStopping);
        return History = new TrainingHistory(_state.History) { EndReason = _state.Ended ?? TrainingEndReason.Completed };
    }

    /// <summary>Brings the state to where a checkpoint stands.</summary>
    /// <returns>Where its history is; null where it is of other data and that is allowed: nothing has changed then.</returns>
    /// <exception cref="InvalidDataException">The file is malformed or belongs to another training.</exception>
    private HistoryPlace? Read(string path, TrainingPlan plan, bool fitsOtherData)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        try
        {
            if (fitsOtherData)
            {
                IReadOnlyList<(string Key, string Message)> differences = CheckpointFile.Compare(file, Fingerprint(plan));
                CheckpointFile.ThrowIfAny([.. differences.Where(difference => !TrainingFingerprint.IsData(difference.Key))]);
                if (differences.Count > 0)
                    return null;
            }

            return CheckpointFile.Read(file, Fingerprint(plan), _state, plan.StepsPerEpoch, place => CheckpointHistory.Read(path, place));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw MessageText.Malformed(path, exception);
        }
    }
}
