using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>The stages of a step, one after another: gradients, exchange, update.</summary>
internal sealed class StepRunner : ILayerObserver
{
    private const ulong LayerStream = 2;

    private readonly GradientExchange? _exchange;
    private readonly TrainingState _state;
    private readonly GradientPass _pass;
    private readonly ParameterUpdate _update;

    /// <exception cref="ArgumentException">The optimizer has a group that names no parameter.</exception>
    public StepRunner(Loss loss, Optimizer optimizer, Engine engine, GradientExchange? exchange, TrainingState state)
    {
        _exchange = exchange;
        _state = state;
        var plan = new UpdatePlan(state.Network.Parameters, optimizer);
        _pass = new GradientPass(state.Network, loss, engine, plan.Frozen);
        _update = new ParameterUpdate(plan, optimizer, engine, state);
    }

    /// <summary>The gradients lie in the network's parameters.</summary>
    public StepTotals ComputeGradients(in TrainingBatch batch, ulong seed, bool accumulate, EpochFigures? figures) => _pass.Run(
        batch, new RandomSource(seed).Fork(LayerStream).Fork((ulong)_state.Steps), accumulate, figures, _exchange is null ? null : this);

    /// <summary>The gradients and totals are those of all machines.</summary>
    public StepTotals Exchange(StepTotals totals) => _exchange is null ? totals : _exchange.Exchange(_state.Network.Parameters, totals);

    /// <summary>The parameters have changed, and the step is counted.</summary>
    public void Update(float learningRate, float? momentum) => _update.Run(learningRate, momentum);

    /// <summary>All stages; a loss that is not finite ends the step before the update, where that is asked for.</summary>
    /// <returns>The totals, and whether the parameters were updated.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (StepTotals Totals, bool IsUpdated) Run(
        in TrainingBatch batch, ulong seed, float learningRate, float? momentum, bool stopsAtNonFiniteLoss, EpochFigures? figures)
    {
        StepTotals totals = Exchange(ComputeGradients(batch, seed, accumulate: false, figures));
        if (stopsAtNonFiniteLoss && !double.IsFinite(totals.Loss))
            return (totals, false);
        Update(learningRate, momentum);
        return (totals, true);
    }

    void ILayerObserver.OnLayerFinished(int firstParameter, int parameterCount) =>
        _exchange!.OnLayerFinished(_state.Network.Parameters, firstParameter, parameterCount);
}
