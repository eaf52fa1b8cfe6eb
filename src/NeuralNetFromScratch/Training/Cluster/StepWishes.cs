namespace NeuralNetFromScratch;

/// <summary>
/// The requests to end a training early. The processes of a cluster exchange them in each step, as late as possible.
/// </summary>
internal sealed class StepWishes(TrainingRun run, CancellationToken cancellationToken)
{
    public bool Stops => run.IsStopping;

    public bool Cancels => cancellationToken.IsCancellationRequested;
}

/// <summary>The outcome of a step.</summary>
internal enum StepOutcome
{
    /// <summary>The parameters were updated.</summary>
    Updated,

    /// <summary>The loss is not finite, and nothing has changed.</summary>
    NonFinite,

    /// <summary>A process of the cluster ends the training, and nothing has changed.</summary>
    Stopped,

    /// <summary>The training was cancelled on a process of the cluster, and nothing has changed.</summary>
    Cancelled,
}
