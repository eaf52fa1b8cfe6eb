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
    private readonly double[] _norms;

    public ParameterUpdate(UpdatePlan plan, Optimizer optimizer, Engine engine, TrainingState state)
    {
        _plan = plan;
        _optimizer = optimizer;
        _engine = engine;
        _state = state;
        _parameters = state.Network.Parameters;
        _chunks = optimizer.GlobalClipNorm is null && optimizer.GlobalClipInfinityNorm is null ? [] : GradientNormJob.Chunks(plan);
        _norms = new double[_chunks.Length];
    }

    /// <summary>Updates the parameters from their gradients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float learningRate, float? momentum)
    {
        _state.Steps++;
        int workers = _engine.WorkersFor(_parameters.Values.Length, Tuning.UpdateGrain);
        float gradientScale = (_optimizer.GlobalClipNorm ?? _optimizer.GlobalClipInfinityNorm) is { } bound ? ScaleToNorm(bound, workers) : 1;
        var step = new UpdateStep(_state.Steps, learningRate, momentum);
        _engine.Run(new UpdateJob(_engine, _optimizer, step, gradientScale, _plan, _parameters, _state.Slots), workers);
        foreach (Parameter state in _plan.MixedStates)
            UpdatePass.Run(_engine.Width, new MixRule(state.Definition.MixingShare), state.Values, state.Gradients);
        LimitNorms();
        if (_state.AveragedNetwork is not null)
            Average(_state.AveragedNetwork.Parameters, 1 - _optimizer.EmaDecay!.Value);
    }

    private float ScaleToNorm(float bound, int workers)
    {
        bool isLargest = _optimizer.GlobalClipInfinityNorm is not null;
        _engine.Run(new GradientNormJob(_engine.Width, isLargest, _parameters, _chunks, _norms), workers);
        double norm = isLargest ? Largest(_norms) : Math.Sqrt(RowSum.Tree(_norms));
        double scale = bound / (norm + NormEpsilon);
        // A norm that is no number must not look like one within the bound.
        return scale < 1 || double.IsNaN(scale) ? (float)scale : 1;
    }

    /// <summary>The largest of some numbers, none of which is negative; NaN where one is.</summary>
    private static double Largest(double[] norms)
    {
        double largest = 0;
        foreach (double norm in norms)
            largest = Math.Max(largest, norm);
        return largest;
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
            if (_parameters[i].Role == ParameterRole.Buffer)
                _parameters[i].Values.CopyTo(average[i].Values);
        }
    }
}

/// <summary>
/// The sum of the squares, or the largest magnitude, of all gradients that are used, in chunks of a fixed size, each with a figure of its own, so that
/// the total does not depend on who computed which.
/// </summary>
internal readonly struct GradientNormJob(SimdWidth width, bool isLargest, ParameterStore parameters, Section[] chunks, double[] norms) : IJob
{
    public void Run(int worker, int workers)
    {
        var share = Section.Of(chunks.Length, 1, worker, workers);
        for (int chunk = share.Start; chunk < share.End; chunk++)
        {
            ReadOnlySpan<float> gradients = parameters.Gradients.Slice(chunks[chunk].Start, chunks[chunk].Count);
            norms[chunk] = isLargest ? Largest(gradients) : RowSum.OfSquares(width, gradients);
        }
    }

    /// <summary>The largest magnitude; NaN where there is one.</summary>
    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
            largest = MathF.Max(largest, MathF.Abs(value));
        return largest;
    }

    /// <summary>The chunks of what a plan updates.</summary>
    public static Section[] Chunks(UpdatePlan plan)
    {
        var chunks = new List<Section>();
        foreach (UpdateRun run in plan.Runs)
        {
            for (int start = run.Start; start < run.End; start += RowSum.ChunkLength)
                chunks.Add(new(start, Math.Min(RowSum.ChunkLength, run.End - start)));
        }

        return [.. chunks];
    }
}

/// <summary>
/// The optimizer's pass over the flat buffers, which are dealt out to the workers in one piece each: a core then keeps its piece in its
/// cache, and the weight gradients, which are dealt out by rows, mostly come from the same core.
/// </summary>
/// <param name="engine">Whose registers are used.</param>
/// <param name="optimizer">The rule, with its penalties.</param>
/// <param name="step">The step.</param>
/// <param name="gradientScale">Factor on the gradients.</param>
/// <param name="plan">What is updated, and how.</param>
/// <param name="parameters">Values and gradients.</param>
/// <param name="slots">The rule's memory.</param>
internal readonly struct UpdateJob(
    Engine engine, Optimizer optimizer, UpdateStep step, float gradientScale, UpdatePlan plan, ParameterStore parameters, AlignedBuffer slots) : IJob
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        int length = parameters.Values.Length;
        var share = Section.Of(length, AlignedMemory.Alignment, worker, workers);
        foreach (UpdateRun run in plan.Runs)
        {
            int start = Math.Max(run.Start, share.Start), count = Math.Min(run.End, share.End) - start;
            if (count <= 0)
                continue;
            UpdateStep own = step with { LearningRate = run.RateFactor * step.LearningRate };
            Prepare(start, count, run, own.LearningRate);
            Span<float> values = parameters.Values.Slice(start, count), gradients = parameters.Gradients.Slice(start, count);
            optimizer.Update(own, new UpdateBlock(engine.Width, values, gradients, slots.Span, length, start));
        }
    }

    private void Prepare(int start, int count, in UpdateRun run, float learningRate)
    {
        if (run is { L2: 0, L1: 0, DecoupledWeightDecay: 0 } && gradientScale == 1 && optimizer.ClipValue is null)
            return;
        var rule = new PenaltyRule(gradientScale, optimizer.ClipValue ?? float.PositiveInfinity, run.L2, run.L1, 1 - learningRate * run.DecoupledWeightDecay);
        Span<float> gradients = parameters.Gradients.Slice(start, count);
        UpdatePass.Run(engine.Width, rule, parameters.Values.Slice(start, count), gradients, gradients);
    }
}

/// <summary>Consecutive parameters that one rule updates alike.</summary>
/// <param name="Start">Index of the first element in the flat buffers.</param>
/// <param name="Length">Number of elements, in whole cache lines.</param>
/// <param name="RateFactor">Factor on the learning rate.</param>
/// <param name="L2">λ of the penalty (λ/2)·Σw².</param>
/// <param name="L1">λ of the penalty λ·Σ|w|.</param>
/// <param name="DecoupledWeightDecay">λ of decoupled weight decay.</param>
internal readonly record struct UpdateRun(int Start, int Length, float RateFactor, float L2, float L1, float DecoupledWeightDecay)
{
    public int End => Start + Length;
}

/// <summary>
/// What an update does to each parameter, as the optimizer and its groups say: a table of runs, so that one pass over the flat buffers does
/// whatever differs by layer.
/// </summary>
internal sealed class UpdatePlan
{
    /// <exception cref="ArgumentException">A group names no parameter.</exception>
    public UpdatePlan(ParameterStore parameters, Optimizer optimizer)
    {
        if (optimizer is { GlobalClipNorm: not null, GlobalClipInfinityNorm: not null })
            throw new ArgumentException("the optimizer bounds two norms of the gradients, GlobalClipNorm and GlobalClipInfinityNorm; name one", nameof(optimizer));
        foreach (ParameterGroup group in optimizer.ParameterGroups)
        {
            if (!parameters.Any(parameter => group.Names(parameter.Name)))
                throw new ArgumentException(
                    $"the optimizer has a group \"{group.Name}\", but no layer or parameter is called so; there are {string.Join(", ", parameters.Select(parameter => parameter.Name))}",
                    nameof(optimizer));
        }

        var runs = new List<UpdateRun>();
        var bounds = new List<(Parameter, float)>();
        var mixed = new List<Parameter>();
        Frozen = new bool[parameters.Count];
        for (int i = 0; i < parameters.Count; i++)
        {
            Parameter parameter = parameters[i];
            ParameterGroup? group = optimizer.ParameterGroups.LastOrDefault(group => group.Names(parameter.Name));
            Frozen[i] = group is { IsFrozen: true };
            if (Frozen[i])
                continue;
            if (parameter.Role == ParameterRole.Buffer)
            {
                if (parameter.Definition.MixingShare > 0)
                    mixed.Add(parameter);
                continue;
            }

            bool decays = parameter.Role == ParameterRole.Weight || optimizer.DecaysAllParameters;
            Add(runs, new UpdateRun(
                parameter.Offset,
                parameter.Extent,
                group?.LearningRateFactor ?? 1,
                group?.L2Penalty ?? (decays ? optimizer.L2Penalty : 0),
                group?.L1Penalty ?? (decays ? optimizer.L1Penalty : 0),
                group?.DecoupledWeightDecay ?? (decays ? optimizer.DecoupledWeightDecay : 0)));
            if (parameter.Role == ParameterRole.Weight && parameter.Shape.Rank >= 2 && (group?.MaxNorm ?? optimizer.MaxNorm) is { } bound)
                bounds.Add((parameter, bound));
        }

        Runs = [.. runs];
        Bounds = [.. bounds];
        MixedStates = [.. mixed];
    }

    /// <summary>The trained parameters in the order of the flat buffers.</summary>
    public UpdateRun[] Runs { get; }

    /// <summary>Weights whose columns' norms have a bound.</summary>
    public (Parameter Weight, float Bound)[] Bounds { get; }

    /// <summary>Running statistics.</summary>
    public Parameter[] MixedStates { get; }

    /// <summary>For each parameter, whether it keeps its values.</summary>
    public bool[] Frozen { get; }

    /// <summary>Joins a run to the last one where they are alike and lie together.</summary>
    private static void Add(List<UpdateRun> runs, UpdateRun run)
    {
        if (runs.Count > 0 && runs[^1] is var last && last.End == run.Start && last with { Start = run.Start, Length = run.Length } == run)
            runs[^1] = last with { Length = last.Length + run.Length };
        else
            runs.Add(run);
    }
}
