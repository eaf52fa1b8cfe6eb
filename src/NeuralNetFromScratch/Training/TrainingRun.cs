namespace NeuralNetFromScratch;

/// <summary>A training that is under way, as its callbacks see it.</summary>
public sealed class TrainingRun
{
    private readonly TrainingState _state;

    internal TrainingRun(TrainingState state, FitOptions options)
    {
        _state = state;
        Options = options;
        History = new TrainingHistory(state.History);
    }

    /// <summary>The network.</summary>
    public Sequential Network => _state.Network;

    /// <summary>The options of the training.</summary>
    public FitOptions Options { get; }

    /// <summary>The epochs so far.</summary>
    public TrainingHistory History { get; }

    /// <summary>Whether the training ends after this epoch, or at once when asked in a step.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Asks the training to end. An epoch that is cut short leaves no record.</summary>
    public void Stop() => IsStopping = true;

    /// <summary>Loss and metrics of the epoch's samples so far.</summary>
    public EvaluationResult ComputeFigures() => _state.Figures!.Result();
}
