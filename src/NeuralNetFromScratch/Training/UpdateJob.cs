using NeuralNetFromScratch.Kernels;

namespace NeuralNetFromScratch;

/// <summary>
/// The optimizer's pass over the flat buffers, which are dealt out to the workers in one piece each: a core then keeps its piece in its
/// cache, and the weight gradients, which are dealt out by rows, mostly come from the same core.
/// </summary>
internal readonly struct UpdateJob(Optimizer optimizer, UpdateStep step, ParameterStore parameters, AlignedBuffer slots) : IJob
{
    public void Run(int worker, int workers)
    {
        int length = parameters.TrainedLength;
        var part = Section.Of(length, AlignedMemory.Alignment, worker, workers);
        var block = new UpdateBlock(
            parameters.Values.Slice(part.Start, part.Count), parameters.Gradients.Slice(part.Start, part.Count), slots.Span, length, part.Start);
        optimizer.Update(step, block);
    }
}
