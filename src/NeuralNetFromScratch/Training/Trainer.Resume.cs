namespace NeuralNetFromScratch;

/// <summary>Resuming from checkpoints.</summary>
public sealed partial class Trainer
{
    /// <summary>
    /// Continues an interrupted <see cref="Fit"/> from a checkpoint. The same network, loss, optimizer, samples and options give the same bits as
    /// an uninterrupted training, with any number of threads and processes. In a cluster, rank 0 reads the checkpoint. Data sets are compared by
    /// <see cref="Dataset.GetFingerprint"/> if they have a fingerprint. The number of epochs may differ. If the training is finished, the method returns at once.
    /// </summary>
    /// <param name="path">The path of the checkpoint.</param>
    /// <param name="training">The training samples.</param>
    /// <param name="options">Epochs, batch size and other options.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Cancels the training at the next step.</param>
    /// <returns>The loss and metrics of each epoch, including those before the interruption.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is malformed or belongs to another training. The message describes the difference. Nothing has changed.
    /// </exception>
    /// <exception cref="ArgumentException">As for <see cref="Fit"/>.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite and <see cref="FitOptions.StopOnNonFiniteLoss"/> is true.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="Fit"/>.</exception>
    public TrainingHistory Resume(
        string path, Dataset training, FitOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        using UseGuard.Use use = BeginUse();
        try
        {
            TrainingPlan plan = Begin(training, options, nameof(Resume));
            (_, HistoryPlace? history) = Restore(plan, () => Read(path, plan, fitsOtherData: false));
            return Run(plan, progress, cancellationToken, history is null ? null : (path, history, _state.History.Count));
        }
        catch (Exception exception) when (Abandons(exception))
        {
            throw;
        }
    }

    /// <summary>
    /// Trains the network, continues an interrupted training, or returns a finished one, depending on the checkpoint that the options name:
    /// <list type="table">
    /// <listheader><term>checkpoint</term><description>result</description></listheader>
    /// <item><term>none</term><description>the training begins, as <see cref="Fit"/> does</description></item>
    /// <item><term>unfinished, same data and options</term><description>the training continues, as <see cref="Resume"/> does</description></item>
    /// <item><term>finished, same data and options</term><description>nothing is trained; network and history are those of its
    /// end</description></item>
    /// <item><term>other data</term><description>the training begins with the network's current parameters, as <see cref="Fit"/>
    /// does</description></item>
    /// <item><term>other options</term><description>the method throws; the message names the options</description></item>
    /// </list>
    /// A finished training continues if the options have more epochs than it had and its schedule does not depend on the number of epochs. If the schedule depends on
    /// it, as a cosine does, the number of epochs is one of the options that must be the same. Callbacks, checkpoint and threads may differ. Data are compared by
    /// <see cref="Dataset.GetFingerprint"/>. A data set without a fingerprint is compared only by the number of samples. A training that a callback stopped is
    /// finished; a cancelled training is not.
    /// </summary>
    /// <param name="training">The training samples.</param>
    /// <param name="options">Epochs, batch size and other options. <see cref="FitOptions.Checkpoint"/> names the checkpoint.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Cancels the training at the next step. A checkpoint of that step is written.</param>
    /// <returns>The loss and metrics of each epoch, including those before an interruption.</returns>
    /// <exception cref="InvalidDataException">
    /// The checkpoint is malformed or belongs to a training with other options. Delete it or set another path to train anew. Nothing has changed.
    /// </exception>
    /// <exception cref="ArgumentException">The options have no checkpoint, or as for <see cref="Fit"/>.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite and <see cref="FitOptions.StopOnNonFiniteLoss"/> is true.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="Fit"/>.</exception>
    public TrainingHistory ResumeOrFit(
        Dataset training, FitOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Checkpoint is not { } checkpoint)
            throw new ArgumentException($"{nameof(ResumeOrFit)} needs {nameof(FitOptions)}.{nameof(FitOptions.Checkpoint)}, which names the checkpoint file", nameof(options));
        using UseGuard.Use use = BeginUse();
        try
        {
            TrainingPlan plan = Begin(training, options, nameof(ResumeOrFit));
            (bool isResumed, HistoryPlace? history) = Restore(plan, () => File.Exists(checkpoint.Path) ? Read(checkpoint.Path, plan, fitsOtherData: true) : null);
            if (isResumed && (_state.IsStopped || _state.Epoch > options.Epochs || _state.Ended == TrainingEndReason.Callback))
                return Finished(options);
            return Run(plan, progress, cancellationToken, history is null ? null : (checkpoint.Path, history, _state.History.Count));
        }
        catch (Exception exception) when (Abandons(exception))
        {
            throw;
        }
    }

    /// <summary>Restores the state from a checkpoint, which rank 0 of a cluster reads.</summary>
    /// <returns>Whether the state was restored, and the location of the history for the process that writes to it.</returns>
    private (bool IsResumed, HistoryPlace? History) Restore(TrainingPlan plan, Func<HistoryPlace?> read)
    {
        if (_steps.Cluster is { IsAlone: false } cluster)
            return new ClusterResume(cluster, _state, plan.StepsPerEpoch).Run(read);
        HistoryPlace? history = read();
        return (history is not null, history);
    }

    /// <summary>Returns the result of a training that its checkpoint records as finished.</summary>
    private TrainingHistory Finished(FitOptions options)
    {
        _state.RestoreBest(options.EarlyStopping);
        return History = new TrainingHistory(_state.History) { EndReason = _state.Ended ?? TrainingEndReason.Completed };
    }

    /// <summary>Restores the state from a checkpoint.</summary>
    /// <returns>The location of its history; null if the checkpoint is of other data and that is allowed. Nothing has changed in that case.</returns>
    /// <exception cref="InvalidDataException">The file is malformed or belongs to another training.</exception>
    private HistoryPlace? Read(string path, TrainingPlan plan, bool fitsOtherData)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        try
        {
            // Resume continues even if the schedule depends on the number of epochs and this number differs.
            IReadOnlyDictionary<string, string> fingerprint = fitsOtherData ? Fingerprint(plan) : TrainingFingerprint.WithoutEpochs(Fingerprint(plan));
            if (fitsOtherData)
            {
                IReadOnlyList<(string Key, string Message)> differences = CheckpointFile.Compare(file, fingerprint);
                CheckpointFile.ThrowIfAny([.. differences.Where(difference => !TrainingFingerprint.IsData(difference.Key))]);
                if (differences.Count > 0)
                    return null;
            }

            return CheckpointFile.Read(file, fingerprint, _state, plan.StepsPerEpoch, place => CheckpointHistory.Read(path, place));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw MessageText.Malformed(path, exception);
        }
    }
}
