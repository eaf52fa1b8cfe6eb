using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Kernels;

namespace NeuralNetFromScratch;

/// <summary>
/// The loss over a block of rows. The rows are cut into chunks of a fixed size, each with a sum of its own, so that the total does
/// not depend on who computed which.
/// </summary>
internal readonly struct LossJob(Loss loss, Workspace workspace, BlockBuffers buffers, int rows, bool hasLabels, float scale, LossSums sums) : IJob
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
            int width = buffers.OutputLength;
            var outputs = new ReadOnlyMatrixView(workspace.NetworkOutput(rows).Slice(start * width, count * width), count, width);
            MatrixView gradient = scale == 0
                ? default
                : new MatrixView(workspace.OutputGradient(rows).Slice(start * width, count * width), count, width);
            if (hasLabels)
            {
                ReadOnlySpan<int> labels = buffers.Labels.AsSpan(start, count);
                sums.Loss[chunk] = loss.Evaluate(outputs, labels, scale, gradient);
                sums.Correct[chunk] = CountCorrect(outputs, labels);
            }
            else
            {
                var targets = new ReadOnlyMatrixView(buffers.Targets.Slice(start * width, count * width), count, width);
                sums.Loss[chunk] = loss.Evaluate(outputs, targets, scale, gradient);
                sums.Correct[chunk] = CountCorrect(outputs, targets);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int CountCorrect(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels)
    {
        int correct = 0;
        for (int row = 0; row < outputs.Rows; row++)
            correct += Argmax.Of(outputs.Row(row)) == labels[row] ? 1 : 0;
        return correct;
    }

    private static int CountCorrect(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets)
    {
        int correct = 0;
        for (int row = 0; row < outputs.Rows; row++)
            correct += Argmax.Of(outputs.Row(row)) == Argmax.Of(targets.Row(row)) ? 1 : 0;
        return correct;
    }
}
