using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The loss over a block of rows and its gradient. The rows are cut into chunks of a fixed size, each with a sum of its own, so that the total
/// does not depend on who computed which.
/// </summary>
/// <param name="loss">The loss.</param>
/// <param name="samples">Labels or targets, and weights.</param>
/// <param name="outputs">[rows, out].</param>
/// <param name="gradient">Receives the gradient: [rows, out].</param>
/// <param name="scale">Factor on the gradient.</param>
/// <param name="losses">Receives each chunk's sum.</param>
/// <param name="figures">Takes outputs and losses; null for nobody.</param>
internal readonly ref struct LossJob(
    Loss loss, SampleBatch samples, ReadOnlyMatrixView outputs, MatrixView gradient, float scale, double[] losses, EpochFigures? figures) : IJob
{
    private readonly SampleBatch _samples = samples;
    private readonly ReadOnlyMatrixView _outputs = outputs;
    private readonly MatrixView _gradient = gradient;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        var chunks = Section.Of(GradientPass.Chunks(_outputs.Rows), 1, worker, workers);
        if (chunks.Count == 0)
            return;
        for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
        {
            int start = chunk * MetricAccumulator.ChunkRows;
            int count = Math.Min(MetricAccumulator.ChunkRows, _outputs.Rows - start);
            losses[chunk] = _samples.HasWeights ? WeightedLoss(start, count) : Evaluate(start, count, scale);
        }

        int first = chunks.Start * MetricAccumulator.ChunkRows, rows = Math.Min(chunks.End * MetricAccumulator.ChunkRows, _outputs.Rows) - first;
        figures?.Add(worker, chunks.Start, first, _outputs.SliceRows(first, rows), _samples.SliceRows(first, rows), losses.AsSpan(chunks.Start, chunks.Count));
    }

    /// <summary>Each row by itself, with its weight on its loss and its gradient.</summary>
    private double WeightedLoss(int start, int count)
    {
        double sum = 0;
        for (int row = start; row < start + count; row++)
        {
            float weight = _samples.Weights[row];
            sum += weight * Evaluate(row, 1, scale * weight);
        }

        return sum;
    }

    private double Evaluate(int start, int count, float factor) => _samples.HasLabels
        ? loss.Evaluate(_outputs.SliceRows(start, count), _samples.Labels.Slice(start, count), factor, _gradient.SliceRows(start, count))
        : loss.Evaluate(_outputs.SliceRows(start, count), _samples.Targets.SliceRows(start, count), factor, _gradient.SliceRows(start, count));
}
