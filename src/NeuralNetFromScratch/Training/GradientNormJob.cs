using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The sum of the squares of all gradients, in chunks of a fixed size that start on cache lines, each with a sum of its own, so that the
/// total does not depend on who computed which.
/// </summary>
internal readonly struct GradientNormJob(ParameterStore parameters, double[] sums) : IJob
{
    public const int ChunkLength = 4096;

    public void Run(int worker, int workers)
    {
        var chunks = Section.Of(sums.Length, 1, worker, workers);
        Span<float> gradients = parameters.Gradients[..parameters.TrainedLength];
        for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
        {
            int start = chunk * ChunkLength;
            sums[chunk] = TensorPrimitives.SumOfSquares<float>(gradients.Slice(start, Math.Min(ChunkLength, gradients.Length - start)));
        }
    }
}
