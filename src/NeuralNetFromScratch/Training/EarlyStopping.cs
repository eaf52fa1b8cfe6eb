namespace NeuralNetFromScratch;

/// <summary>
/// Ends a training when a figure has not become better for some epochs (Prechelt 1998), and gives back the parameters of the best one. Where
/// the optimizer averages the parameters, the figure is that of the averaged network.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>Consecutive epochs without improvement that are tolerated; the next one ends the training. Default: 5; not negative.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>How much better an epoch has to be to count. Default: 0; not negative.</summary>
    public double MinimumImprovement { get; init; }

    /// <summary>The metric to watch; the loss if null, the default.</summary>
    public Metric? Metric { get; init; }

    /// <summary>Whether the figure of the training samples is watched, each as it stood at its step, and not that of the validation samples. Default: false.</summary>
    public bool WatchesTraining { get; init; }

    /// <summary>Whether the network has the parameters of the best epoch in the end, also when all epochs were run. Default: true.</summary>
    public bool RestoresBest { get; init; } = true;

    /// <summary>Takes note of an epoch.</summary>
    /// <returns>Whether it is time to stop.</returns>
    internal bool Follow(TrainingState state, EpochRecord record)
    {
        EvaluationResult result = WatchesTraining ? record.Training : record.Validation!;
        double figure = Metric is null ? result.Loss : Metric.HigherIsBetter ? -result[Metric].Value : result[Metric].Value;
        // The lower is the better. What is no number is never better.
        if (figure < state.Best - MinimumImprovement)
        {
            (state.Best, state.EpochsSinceBest) = (figure, 0);
            if (RestoresBest)
                state.KeepBest();
        }
        else
        {
            state.EpochsSinceBest++;
        }

        return state.EpochsSinceBest > Patience;
    }
}
