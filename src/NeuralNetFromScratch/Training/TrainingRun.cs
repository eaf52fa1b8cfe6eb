namespace NeuralNetFromScratch;

/// <summary>A training that is under way, as its callbacks see it.</summary>
public sealed class TrainingRun
{
    internal TrainingRun(Sequential network, FitOptions options, TrainingHistory history) =>
        (Network, Options, History) = (network, options, history);

    /// <summary>The network.</summary>
    public Sequential Network { get; }

    /// <summary>How it is trained.</summary>
    public FitOptions Options { get; }

    /// <summary>The epochs so far.</summary>
    public TrainingHistory History { get; }

    /// <summary>Whether the training ends after this epoch, or at once when asked in a step.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Asks the training to end. An epoch that is cut short leaves no record.</summary>
    public void Stop() => IsStopping = true;
}
