using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// A step's last part, from gradients to parameters: clipping, penalties, the optimizer's rule, the bound on the weights' norms, the
/// moving average.
/// </summary>
internal sealed class ParameterUpdate
{
    /// <summary>PyTorch's guard against a norm of 0.</summary>
    private const double NormEpsilon = 1e-6;

    private readonly UpdatePlan _plan;
    private readonly Optimizer _optimizer;
    private readonly Engine _engine;
    private readonly TrainingState _state;
    private readonly ParameterStore _parameters;
    private readonly Section[] _chunks;
    private readonly double[] _squareSums;

    public ParameterUpdate(UpdatePlan plan, Optimizer optimizer, Engine engine, TrainingState state)
    {
        _plan = plan;
        _optimizer = optimizer;
        _engine = engine;
        _state = state;
        _parameters = state.Network.Parameters;
        _chunks = optimizer.ClipNorm is null ? [] : GradientNormJob.Chunks(plan);
        _squareSums = new double[_chunks.Length];
    }

    /// <summary>Updates the parameters from their gradients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float learningRate, float? momentum)
    {
        _state.Steps++;
        int workers = _engine.WorkersFor(_parameters.Values.Length, Tuning.UpdateGrain);
        float gradientScale = _optimizer.ClipNorm is { } bound ? ScaleToNorm(bound, workers) : 1;
        var step = new UpdateStep(_state.Steps, learningRate, momentum);
        _engine.Run(new UpdateJob(_engine, _optimizer, step, gradientScale, _plan, _parameters, _state.Slots), workers);
        foreach (Parameter state in _plan.MixedStates)
            UpdatePass.Run(_engine.Width, new MixRule(state.Definition.MixingShare), state.Values, state.Gradients);
        LimitNorms();
        if (_state.AveragedNetwork is not null)
            Average(_state.AveragedNetwork.Parameters, 1 - _optimizer.AveragingDecay!.Value);
    }

    private float ScaleToNorm(float bound, int workers)
    {
        _engine.Run(new GradientNormJob(_engine.Width, _parameters, _chunks, _squareSums), workers);
        double sum = RowSum.Tree(_squareSums);
        double scale = bound / (Math.Sqrt(sum) + NormEpsilon);
        // A norm that is no number must not look like one within the bound.
        return scale < 1 || double.IsNaN(scale) ? (float)scale : 1;
    }

    private void LimitNorms()
    {
        foreach ((Parameter weight, float bound) in _plan.Bounds)
        {
            int columns = weight.Shape[^1];
            var operation = new NormBound { Values = new(weight.Values, weight.Values.Length / columns, columns), Bound = bound };
            _engine.ForColumns(operation, columns, weight.Values.Length, Tuning.UpdateGrain);
        }
    }

    private void Average(ParameterStore average, float share)
    {
        if (_state.Steps == 1)
        {
            _parameters.Values.CopyTo(average.Values);
            return;
        }

        UpdatePass.Run(_engine.Width, new AverageRule(share), average.Values, _parameters.Values);
        // Running statistics are averages already.
        for (int i = 0; i < _parameters.Count; i++)
        {
            if (_parameters[i].Role == ParameterRole.State)
                _parameters[i].Values.CopyTo(average[i].Values);
        }
    }
}
