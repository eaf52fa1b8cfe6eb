namespace NeuralNetFromScratch;

/// <summary>The best epoch so far, as <see cref="EarlyStopping"/> sees it, with its parameters.</summary>
internal sealed class BestEpoch
{
    private readonly EarlyStopping _rule;
    private readonly ParameterStore _parameters;
    private readonly FitState _state;

    public BestEpoch(EarlyStopping rule, ParameterStore parameters, FitState state)
    {
        _rule = rule;
        _parameters = parameters;
        _state = state;
        if (rule.RestoresBest && state.BestValues.Length == 0)
            state.BestValues = new float[parameters.Values.Length];
    }

    /// <summary>Takes note of an epoch.</summary>
    /// <returns>Whether it is time to stop.</returns>
    public bool Follow(EpochRecord epoch)
    {
        // Of each figure the lower is the better, accuracy turned round. What is no number is never better.
        double figure = _rule.Monitor switch
        {
            MonitoredFigure.ValidationLoss => epoch.ValidationLoss ?? double.NaN,
            MonitoredFigure.ValidationAccuracy => -epoch.ValidationAccuracy ?? double.NaN,
            _ => epoch.TrainingLoss,
        };
        if (figure < _state.Best - _rule.MinimumImprovement)
        {
            (_state.Best, _state.EpochsSinceBest) = (figure, 0);
            if (_rule.RestoresBest)
                _parameters.Values.CopyTo(_state.BestValues);
        }
        else
        {
            _state.EpochsSinceBest++;
        }

        return _state.EpochsSinceBest > _rule.Patience;
    }

    /// <summary>Puts the best epoch's parameters back, if there was one.</summary>
    public void Restore()
    {
        if (_rule.RestoresBest && double.IsFinite(_state.Best))
            _state.BestValues.CopyTo(_parameters.Values);
    }
}
