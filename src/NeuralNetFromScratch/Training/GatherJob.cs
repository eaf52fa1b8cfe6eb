using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Copies samples and targets of a data set into the buffers, the rows dealt out to the workers.</summary>
internal readonly struct GatherJob(SampleSource source, int[] order, int start, int rows, BlockBuffers buffers) : IJob
{
    /// <summary>How many samples ahead memory is asked for: about the time that it takes to answer.</summary>
    private const int Lookahead = 6;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        Dataset dataset = source.Dataset;
        var share = Section.Of(rows, 1, worker, workers);
        Span<float> inputs = buffers.Inputs;
        for (int row = share.Start; row < Math.Min(share.Start + Lookahead, share.End); row++)
            dataset.Prefetch(order[start + row]);
        for (int row = share.Start; row < share.End; row++)
        {
            int index = order[start + row];
            if (row + Lookahead < share.End)
                dataset.Prefetch(order[start + row + Lookahead]);
            Span<float> input = inputs.Slice(row * buffers.InputLength, buffers.InputLength);
            if (source.Augmentation is null)
                dataset.CopySample(index, input);
            else
                Augment(source.Augmentation, index, input, worker);
            if (dataset.TargetLength == 0)
                buffers.Labels[row] = dataset.Label(index);
            else
                dataset.CopyTarget(index, buffers.Targets.Slice(row * buffers.OutputLength, buffers.OutputLength));
            if (dataset.HasWeights)
                buffers.Weights[row] = dataset.Weight(index);
        }
    }

    private void Augment(Augmentation augmentation, int index, Span<float> input, int worker)
    {
        Shape shape = source.Dataset.SampleShape;
        Span<float> memory = buffers.WorkerMemory(worker, checked(input.Length + augmentation.ScratchLength(shape)));
        Span<float> original = memory[..input.Length];
        source.Dataset.CopySample(index, original);
        augmentation.Apply(original, shape, input, source.Random.Fork((ulong)index), memory[input.Length..]);
    }
}
