using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Samples of a data set, picked by index.</summary>
/// <param name="source">The data set.</param>
/// <param name="order">Indices into it.</param>
/// <param name="range">Which of the indices are the batch.</param>
internal readonly struct DatasetBatch(SampleSource source, int[] order, Section range) : IBatch
{
    /// <summary>Fewest values that are worth waking a worker for; augmented, a value takes many times as long.</summary>
    private const int GrainSize = 16384, AugmentedGrainSize = 784;

    public int Count => range.Count;

    public bool HasLabels => source.Dataset.TargetLength == 0;

    public bool HasWeights => source.Dataset.HasWeights;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<float> Load(Section rows, BlockBuffers buffers, Engine engine)
    {
        var job = new GatherJob(source, order, range.Start + rows.Start, rows.Count, buffers);
        int length = rows.Count * buffers.InputLength;
        engine.Run(job, engine.WorkersFor(length, source.Augmentation is null ? GrainSize : AugmentedGrainSize));
        return buffers.Inputs[..length];
    }
}
