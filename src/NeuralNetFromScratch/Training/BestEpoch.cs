namespace NeuralNetFromScratch;

/// <summary>The best epoch so far, as <see cref="EarlyStopping"/> sees it, with its parameters.</summary>
internal sealed class BestEpoch(EarlyStopping rule, ParameterStore parameters)
{
    private readonly float[] _values = rule.RestoresBest ? new float[parameters.Values.Length] : [];
    private double _best = double.PositiveInfinity;
    private int _epochsSince;

    /// <summary>Takes note of an epoch.</summary>
    /// <returns>Whether it is time to stop.</returns>
    public bool Follow(EpochRecord epoch)
    {
        // Of each figure the lower is the better, accuracy turned round. What is no number is never better.
        double figure = rule.Monitor switch
        {
            MonitoredFigure.ValidationLoss => epoch.ValidationLoss ?? double.NaN,
            MonitoredFigure.ValidationAccuracy => -epoch.ValidationAccuracy ?? double.NaN,
            _ => epoch.TrainingLoss,
        };
        if (figure < _best - rule.MinimumImprovement)
        {
            (_best, _epochsSince) = (figure, 0);
            if (rule.RestoresBest)
                parameters.Values.CopyTo(_values);
        }
        else
        {
            _epochsSince++;
        }

        return _epochsSince > rule.Patience;
    }

    /// <summary>Puts the best epoch's parameters back, if there was one.</summary>
    public void Restore()
    {
        if (rule.RestoresBest && double.IsFinite(_best))
            _values.CopyTo(parameters.Values);
    }
}
