using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Copies samples and targets of a data set into the buffers, the rows dealt out to the workers.</summary>
internal readonly struct GatherJob(SampleSource source, int[] order, int start, int rows, BlockBuffers buffers) : IJob
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        Dataset dataset = source.Dataset;
        var share = Section.Of(rows, 1, worker, workers);
        ReadOnlySpan<int> indices = order.AsSpan(start + share.Start, share.Count);
        Span<int> labels = dataset.TargetLength == 0 ? buffers.Labels.AsSpan(share.Start, share.Count) : [];
        Span<float> inputs = buffers.Inputs.Slice(share.Start * buffers.InputLength, share.Count * buffers.InputLength);
        dataset.Gather(indices, new BatchDestination(new MatrixView(inputs, share.Count, buffers.InputLength))
        {
            Labels = labels,
            Targets = dataset.TargetLength == 0
                ? default
                : new(buffers.Targets.Slice(share.Start * buffers.OutputLength, share.Count * buffers.OutputLength), share.Count, buffers.OutputLength),
            Weights = dataset.HasWeights ? buffers.Weights.AsSpan(share.Start, share.Count) : [],
        });
        for (int row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)buffers.OutputLength)
                throw Labels.Outside(indices[row], labels[row], buffers.OutputLength);
        }

        if (source.Augmentation is not { } augmentation)
            return;
        for (int row = 0; row < share.Count; row++)
            Augment(augmentation, indices[row], inputs.Slice(row * buffers.InputLength, buffers.InputLength), worker);
    }

    private void Augment(Augmentation augmentation, int index, Span<float> input, int worker)
    {
        Shape shape = source.Dataset.SampleShape;
        Span<float> memory = buffers.WorkerMemory(worker, checked(input.Length + augmentation.ScratchLength(shape)));
        Span<float> original = memory[..input.Length];
        input.CopyTo(original);
        augmentation.Apply(original, shape, input, source.Random.Fork((ulong)index), memory[input.Length..]);
    }
}
