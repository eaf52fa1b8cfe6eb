namespace NeuralNetFromScratch;

/// <summary>Sums of a block's chunks of rows.</summary>
internal sealed class LossSums(int maxRows)
{
    /// <summary>Each chunk's loss.</summary>
    public double[] Loss { get; } = new double[(maxRows + LossJob.ChunkRows - 1) / LossJob.ChunkRows];

    /// <summary>Each chunk's correctly classified rows.</summary>
    public int[] Correct { get; } = new int[(maxRows + LossJob.ChunkRows - 1) / LossJob.ChunkRows];

    /// <summary>The sums over a block's rows, added chunk after chunk.</summary>
    public StepResult Total(int rows)
    {
        StepResult total = default;
        for (int chunk = 0; chunk * LossJob.ChunkRows < rows; chunk++)
            total += new StepResult(Loss[chunk], Correct[chunk], Math.Min(LossJob.ChunkRows, rows - chunk * LossJob.ChunkRows));
        return total;
    }
}
