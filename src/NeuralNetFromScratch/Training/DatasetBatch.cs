using NeuralNetFromScratch.Data;
using NeuralNetFromScratch.Kernels;

namespace NeuralNetFromScratch;

/// <summary>Samples of a data set, picked by index.</summary>
/// <param name="dataset">The data set.</param>
/// <param name="order">Indices into it.</param>
/// <param name="range">Which of the indices are the batch.</param>
internal readonly struct DatasetBatch(Dataset dataset, int[] order, Section range) : IBatch
{
    /// <summary>Fewest values that are worth waking a worker for.</summary>
    private const int GrainSize = 16384;

    public int Count => range.Count;

    public bool HasLabels => true;

    public ReadOnlySpan<float> Load(Section rows, BlockBuffers buffers, Engine engine)
    {
        var job = new GatherJob(dataset, order, range.Start + rows.Start, rows.Count, buffers);
        int length = rows.Count * buffers.InputLength;
        engine.Run(job, engine.WorkersFor(length, GrainSize));
        Labels.ThrowIfOutside(buffers.Labels.AsSpan(0, rows.Count), buffers.OutputLength);
        return buffers.Inputs[..length];
    }
}
