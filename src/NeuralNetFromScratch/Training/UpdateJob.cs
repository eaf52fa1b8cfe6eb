using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

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
        if (run is { L2: 0, L1: 0, WeightDecay: 0 } && gradientScale == 1 && optimizer.ClipValue is null)
            return;
        var rule = new PenaltyRule(gradientScale, optimizer.ClipValue ?? float.PositiveInfinity, run.L2, run.L1, 1 - learningRate * run.WeightDecay);
        Span<float> gradients = parameters.Gradients.Slice(start, count);
        UpdatePass.Run(engine.Width, rule, parameters.Values.Slice(start, count), gradients, gradients);
    }
}
