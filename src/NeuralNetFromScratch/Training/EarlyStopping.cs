namespace NeuralNetFromScratch;

/// <summary>
/// Ends a training when a figure has not become better for some epochs (Prechelt 1998), and gives back the parameters of the best one.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>Epochs in a row that may be no better than the best; not negative. The next such epoch ends the training.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>How much better an epoch has to be to count; not negative.</summary>
    public double MinimumImprovement { get; init; }

    /// <summary>What is watched.</summary>
    public MonitoredFigure Monitor { get; init; }

    /// <summary>Whether the network has the parameters of the best epoch in the end, also when all epochs were run.</summary>
    public bool RestoresBest { get; init; } = true;
}
