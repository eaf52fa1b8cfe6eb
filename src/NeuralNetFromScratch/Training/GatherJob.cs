using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Data;
using NeuralNetFromScratch.Kernels;

namespace NeuralNetFromScratch;

/// <summary>Copies samples and labels of a data set into the buffers, the rows dealt out to the workers.</summary>
internal readonly struct GatherJob(Dataset dataset, int[] order, int start, int rows, BlockBuffers buffers) : IJob
{
    /// <summary>How many samples ahead memory is asked for: about the time that it takes to answer.</summary>
    private const int Lookahead = 6;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        var share = Section.Of(rows, 1, worker, workers);
        Span<float> inputs = buffers.Inputs;
        for (int row = share.Start; row < Math.Min(share.Start + Lookahead, share.End); row++)
            dataset.Prefetch(order[start + row]);
        for (int row = share.Start; row < share.End; row++)
        {
            int index = order[start + row];
            if (row + Lookahead < share.End)
                dataset.Prefetch(order[start + row + Lookahead]);
            dataset.CopySample(index, inputs.Slice(row * buffers.InputLength, buffers.InputLength));
            buffers.Labels[row] = dataset.Label(index);
        }
    }
}
