using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The sum of the squares of all gradients that are used, in chunks of a fixed size, each with a sum of its own, so that the total does not
/// depend on who computed which.
/// </summary>
internal readonly struct GradientNormJob(SimdWidth width, ParameterStore parameters, Section[] chunks, double[] sums) : IJob
{
    public void Run(int worker, int workers)
    {
        var share = Section.Of(chunks.Length, 1, worker, workers);
        for (int chunk = share.Start; chunk < share.End; chunk++)
            sums[chunk] = RowSum.OfSquares(width, parameters.Gradients.Slice(chunks[chunk].Start, chunks[chunk].Count));
    }

    /// <summary>The chunks of what a plan updates.</summary>
    public static Section[] Chunks(UpdatePlan plan)
    {
        var chunks = new List<Section>();
        foreach (UpdateRun run in plan.Runs)
        {
            for (int start = run.Start; start < run.End; start += RowSum.ChunkLength)
                chunks.Add(new(start, Math.Min(RowSum.ChunkLength, run.End - start)));
        }

        return [.. chunks];
    }
}
