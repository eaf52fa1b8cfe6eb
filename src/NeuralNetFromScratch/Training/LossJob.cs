using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The loss over a block of rows. The rows are cut into chunks of a fixed size, each with a sum of its own, so that the total does
/// not depend on who computed which.
/// </summary>
internal readonly struct LossJob(
    Loss loss, ChainMemory workspace, BlockBuffers buffers, int rows, bool hasLabels, bool hasWeights, float scale, LossSums sums) : IJob
{
    public const int ChunkRows = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        var chunks = Section.Of((rows + ChunkRows - 1) / ChunkRows, 1, worker, workers);
        for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
        {
            int start = chunk * ChunkRows;
            int count = Math.Min(ChunkRows, rows - start);
            sums.Loss[chunk] = hasWeights ? WeightedLoss(start, count) : Evaluate(start, count, scale);
            sums.Correct[chunk] = CountCorrect(start, count);
        }
    }

    /// <summary>Each row by itself, with its weight on its loss and its gradient.</summary>
    private double WeightedLoss(int start, int count)
    {
        double sum = 0;
        for (int row = start; row < start + count; row++)
        {
            float weight = buffers.Weights[row];
            sum += weight * Evaluate(row, 1, scale * weight);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Evaluate(int start, int count, float factor)
    {
        int width = buffers.OutputLength;
        var gradient = new MatrixView(workspace.Run(rows).OutputGradient.Span.Slice(start * width, count * width), count, width);
        return hasLabels
            ? loss.Evaluate(Outputs(start, count), buffers.Labels.AsSpan(start, count), factor, gradient)
            : loss.Evaluate(Outputs(start, count), new ReadOnlyMatrixView(Targets(start, count), count, width), factor, gradient);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int CountCorrect(int start, int count)
    {
        ReadOnlyMatrixView outputs = Outputs(start, count);
        int correct = 0;
        for (int row = 0; row < count; row++)
        {
            bool isCorrect = hasLabels
                ? Argmax.Is(buffers.Labels[start + row], outputs.Row(row))
                : loss.IsCorrect(outputs.Row(row), Targets(start + row, 1));
            correct += isCorrect ? 1 : 0;
        }

        return correct;
    }

    private ReadOnlyMatrixView Outputs(int start, int count) =>
        new(workspace.Run(rows).Output.Span.Slice(start * buffers.OutputLength, count * buffers.OutputLength), count, buffers.OutputLength);

    private Span<float> Targets(int start, int count) => buffers.Targets.Slice(start * buffers.OutputLength, count * buffers.OutputLength);
}
