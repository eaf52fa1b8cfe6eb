using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The last stage of a step, which computes the new parameters from the gradients: clipping, penalties, the optimizer's rule, the bound on the norms of the weights,
/// and the moving average.
/// </summary>
internal sealed class ParameterUpdate
{
    /// <summary>Prevents a division by a norm of 0, with the same value as in PyTorch.</summary>
    private const double NormEpsilon = 1e-6;

    private readonly UpdatePlan _plan;
    private readonly Optimizer _optimizer;
    private readonly Engine _engine;
    private readonly TrainingState _state;
    private readonly ParameterStore _parameters;
    private readonly Section[] _chunks;
    private readonly double[] _norms;
    private readonly GradientRows?[] _lists;
    private readonly DeferredUpdates?[] _deferred;

    /// <param name="plan">The parameters to update, and their factors.</param>
    /// <param name="optimizer">The update rule.</param>
    /// <param name="engine">The compute engine.</param>
    /// <param name="state">The state of the training.</param>
    /// <param name="listsRows">Whether rows without gradients are known. They are not if gradients are added over shards.</param>
    public ParameterUpdate(UpdatePlan plan, Optimizer optimizer, Engine engine, TrainingState state, bool listsRows)
    {
        _plan = plan;
        _optimizer = optimizer;
        _engine = engine;
        _state = state;
        _parameters = state.Network.Parameters;
        _chunks = optimizer.GlobalClipNorm is null && optimizer.GlobalClipInfinityNorm is null ? [] : GradientNormJob.Chunks(plan);
        _norms = new double[_chunks.Length];
        _lists = [.. _parameters.Select(parameter => listsRows && ListedRows.CanBeUsed(plan, parameter, optimizer) ? new GradientRows(parameter.Shape[0]) : null)];
        for (int i = 0; i < _lists.Length; i++)
            _parameters[i].GradientRows = _lists[i];
        _deferred = new DeferredUpdates?[_lists.Length];
    }

    /// <summary>Updates the parameters from their gradients.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="momentum">The momentum, or β₁ of Adam; null for that of the optimizer.</param>
    /// <param name="defers">Whether updates of rows without gradients may be computed later.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float learningRate, float? momentum, bool defers)
    {
        _state.Steps++;
        float gradientScale = (_optimizer.GlobalClipNorm ?? _optimizer.GlobalClipInfinityNorm) is { } bound ? ScaleToNorm(bound) : 1;
        ListedRows rows = float.IsNaN(gradientScale) ? default : ListedRows.Find(_parameters, _lists);
        UpdateRun run = rows.Length == 0 ? default : _plan.RunOf(rows);
        bool changesOtherRows = run.HasPenalty || !_optimizer.KeepsValuesAtZeroGradients;
        DeferredUpdates? deferred = defers && changesOtherRows ? Deferred(rows) : null;
        if (deferred is null)
        {
            Complete();
            // Penalties and a user-defined rule may write to all gradients.
            if (rows.Length == 0 || run.HasPenalty)
                _parameters.ForgetGradientRows();
            if (changesOtherRows)
                rows = default;
        }

        int workers = _engine.WorkersFor(_parameters.ElementCount - rows.Length + rows.Numbers.Length * rows.Width, Tuning.UpdateGrain);
        var step = new UpdateStep(_state.Steps, learningRate, momentum);
        _engine.Run(new UpdateJob(_engine, _optimizer, step, gradientScale, _plan, _parameters, _state.Slots, rows), workers);
        if (deferred is not null)
        {
            step = step with { LearningRate = run.RateFactor * learningRate };
            _optimizer.Update(step, new UpdateBlock(_engine, deferred, rows.List!, run.HasPenalty ? UpdateJob.Penalty(_optimizer, run, gradientScale, step.LearningRate) : null));
        }

        foreach (Parameter state in _plan.MixedStates)
            UpdatePass.Run(_engine.Width, new MixRule(state.Definition.MixingShare), state.Values, state.KnownGradients);
        LimitNorms();
        if (_state.AveragedNetwork is not null)
            Average(_state.AveragedNetwork.Parameters, 1 - _optimizer.EmaDecay!.Value);
    }

    /// <summary>Computes all updates that rows lack.</summary>
    public void Complete()
    {
        foreach (DeferredUpdates? deferred in _deferred)
            deferred?.Complete(_engine);
    }

    /// <summary>Returns the deferred updates of the weight with listed rows; null if it is faster to update all rows.</summary>
    private DeferredUpdates? Deferred(ListedRows rows)
    {
        // An average and a bound on norms read all values in each step.
        if (rows.Length <= Tuning.FloatsInCache || rows.Numbers.Length > rows.Length / rows.Width / Tuning.LeastRowsForEachGradient
            || _optimizer.EmaDecay is not null || _plan.Bounds.Length > 0)
            return null;
        int index = Array.IndexOf(_lists, rows.List);
        Parameter weight = _parameters[index];
        return weight.Deferred = _deferred[index] ??= new DeferredUpdates(_parameters.Buffer, _state.Slots, weight.Offset, weight.Shape[0], rows.Width);
    }

    private float ScaleToNorm(float bound)
    {
        bool isLargest = _optimizer.GlobalClipInfinityNorm is not null;
        _engine.Run(new GradientNormJob(_engine.Width, isLargest, _parameters, _chunks, _norms), _engine.WorkersFor(_parameters.ElementCount, Tuning.UpdateGrain));
        double norm = isLargest ? Largest(_norms) : Math.Sqrt(RowSum.Tree(_norms));
        double scale = bound / (norm + NormEpsilon);
        // A norm of NaN must not count as a norm within the bound.
        return scale < 1 || double.IsNaN(scale) ? (float)scale : 1;
    }

    /// <summary>Returns the largest of some non-negative numbers; NaN if one is NaN.</summary>
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
/// Computes the sum of the squares, or the largest magnitude, of all gradients in use. The chunks have a fixed size with one result each, so that
/// the total does not depend on the division of work among the threads.
/// </summary>
internal readonly struct GradientNormJob(SimdWidth width, bool isLargest, ParameterStore parameters, Section[] chunks, double[] norms) : IJob
{
    public void Run(int worker, int workers)
    {
        var share = Section.Of(chunks.Length, 1, worker, workers);
        for (int chunk = share.Start; chunk < share.End; chunk++)
        {
            ReadOnlySpan<float> gradients = parameters.KnownGradients.Slice(chunks[chunk].Start, chunks[chunk].Count);
            norms[chunk] = isLargest ? Largest(gradients) : RowSum.OfSquares(width, gradients);
        }
    }

    /// <summary>Returns the largest magnitude; NaN if an element is NaN.</summary>
    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
            largest = MathF.Max(largest, MathF.Abs(value));
        return largest;
    }

    /// <summary>Returns the chunks of the parameters that a plan updates.</summary>
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
/// The optimizer's pass over the flat buffers. Each worker gets one contiguous piece, which stays in the cache of its core. The weight gradients,
/// which are divided by rows, mostly come from the same core.
/// </summary>
/// <param name="engine">The engine that determines the register width.</param>
/// <param name="optimizer">The update rule with its penalties.</param>
/// <param name="step">The step.</param>
/// <param name="gradientScale">The factor on the gradients.</param>
/// <param name="plan">The parameters to update, and their factors.</param>
/// <param name="parameters">Values and gradients.</param>
/// <param name="slots">The optimizer's state.</param>
/// <param name="rows">The rows whose gradients are not all zero, of a weight on sparse inputs.</param>
internal readonly struct UpdateJob(
    Engine engine, Optimizer optimizer, UpdateStep step, float gradientScale, UpdatePlan plan, ParameterStore parameters, AlignedBuffer slots, ListedRows rows) : IJob
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        var share = Section.Of(parameters.ElementCount - rows.Length, AlignedMemory.Alignment, worker, workers);
        foreach (UpdateRun run in plan.Runs)
        {
            if (!rows.LieIn(run))
            {
                UpdateShare(run, run.Start, run.End, share, run.Start < rows.Start ? 0 : rows.Length);
                continue;
            }

            UpdateShare(run, run.Start, rows.Start, share, 0);
            UpdateShare(run, rows.End, run.End, share, rows.Length);
            var listed = Section.Of(rows.Numbers.Length, 1, worker, workers);
            Update(run, rows.Start, rows.Length, new RowList(rows.Numbers.Slice(listed.Start, listed.Count), rows.Width));
        }
    }

    /// <summary>
    /// Updates the elements of a range that belong to the share of a worker. The share is counted without the elements of the weight with listed rows.
    /// </summary>
    private void UpdateShare(in UpdateRun run, int start, int end, Section share, int skipped)
    {
        start = Math.Max(start, share.Start + skipped);
        int count = Math.Min(end, share.End + skipped) - start;
        if (count > 0)
            Update(run, start, count, default);
    }

    /// <summary>Updates some elements, or some rows of them.</summary>
    private void Update(in UpdateRun run, int start, int count, RowList list)
    {
        UpdateStep own = step with { LearningRate = run.RateFactor * step.LearningRate };
        Prepare(start, count, run, own.LearningRate, list);
        Span<float> values = parameters.KnownValues.Slice(start, count), gradients = parameters.KnownGradients.Slice(start, count);
        optimizer.Update(own, new UpdateBlock(engine.Width, values, gradients, slots.Span, parameters.ElementCount, start, list));
    }

    public static PenaltyRule Penalty(Optimizer optimizer, in UpdateRun run, float gradientScale, float learningRate) =>
        new(gradientScale, optimizer.ClipValue ?? float.PositiveInfinity, run.L2, run.L1, 1 - learningRate * run.DecoupledWeightDecay);

    private void Prepare(int start, int count, in UpdateRun run, float learningRate, RowList list)
    {
        if (!run.HasPenalty && gradientScale == 1 && optimizer.ClipValue is null)
            return;
        PenaltyRule rule = Penalty(optimizer, run, gradientScale, learningRate);
        Span<float> gradients = parameters.KnownGradients.Slice(start, count);
        Span<float> values = parameters.KnownValues.Slice(start, count);
        if (list.Width > 0)
            UpdatePass.RunRows(engine.Width, rule, list, values, gradients, gradients);
        else
            UpdatePass.Run(engine.Width, rule, values, gradients, gradients);
    }
}
