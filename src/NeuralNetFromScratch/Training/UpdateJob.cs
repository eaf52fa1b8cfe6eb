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
/// <param name="parameters">Values and gradients.</param>
/// <param name="slots">The rule's memory.</param>
internal readonly struct UpdateJob(
    Engine engine, Optimizer optimizer, UpdateStep step, float gradientScale, ParameterStore parameters, AlignedBuffer slots) : IJob
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        int length = parameters.TrainedLength;
        var part = Section.Of(length, AlignedMemory.Alignment, worker, workers);
        if (optimizer.ChangesGradients)
        {
            int boundary = Math.Clamp(parameters.WeightLength, part.Start, part.End);
            Prepare(new(part.Start, boundary - part.Start), decays: true);
            Prepare(new(boundary, part.End - boundary), optimizer.DecaysBiases);
        }

        var block = new UpdateBlock(
            parameters.Values.Slice(part.Start, part.Count), parameters.Gradients.Slice(part.Start, part.Count), slots.Span, length, part.Start);
        optimizer.Update(step, block);
    }

    private unsafe void Prepare(Section part, bool decays)
    {
        fixed (float* values = parameters.Values.Slice(part.Start, part.Count), gradients = parameters.Gradients.Slice(part.Start, part.Count))
        {
            var kernel = new PrepareGradientKernel
            {
                Values = values,
                Gradients = gradients,
                Length = part.Count,
                Scale = gradientScale,
                Clip = optimizer.ClipValue ?? float.PositiveInfinity,
                L2 = decays ? optimizer.L2Penalty : 0,
                L1 = decays ? optimizer.L1Penalty : 0,
                Shrink = decays ? 1 - step.LearningRate * optimizer.WeightDecay : 1,
            };
            SimdDispatch.Run(engine.Width, ref kernel);
        }
    }
}
