using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Evaluates a data set in blocks of rows, whole blocks dealt out to the workers: samples do not depend on each other, so that the
/// workers need not wait for each other. Each block has a result of its own, so that the total does not depend on who computed which.
/// </summary>
/// <param name="passes">One pass for each worker, on an engine of its own.</param>
/// <param name="dataset">The samples.</param>
/// <param name="order">Their indices.</param>
/// <param name="results">Receives each block's result.</param>
/// <param name="confusions">One matrix for each worker.</param>
internal readonly struct EvaluationJob(
    TrainingStep[] passes, Dataset dataset, int[] order, StepResult[] results, ConfusionMatrix[] confusions) : IJob
{
    public void Run(int worker, int workers)
    {
        var share = Section.Of(results.Length, 1, worker, workers);
        for (int block = share.Start; block < share.End; block++)
        {
            int start = block * TrainingStep.BlockRows;
            var range = new Section(start, Math.Min(TrainingStep.BlockRows, order.Length - start));
            results[block] = passes[worker].Run(new DatasetBatch(new(dataset), order, range), range.Count, default, confusions[worker]);
        }
    }
}
