namespace NeuralNetFromScratch;

/// <summary>Where a <see cref="FitRun"/> stands.</summary>
internal sealed class FitState
{
    /// <summary>The epoch that is under way or comes next, from 1.</summary>
    public int Epoch { get; set; } = 1;

    /// <summary>Steps of it that are done.</summary>
    public int Step { get; set; }

    /// <summary>What they added up to.</summary>
    public StepResult Sums { get; set; }

    /// <summary>Whether early stopping has ended the training.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The finished epochs.</summary>
    public List<EpochRecord> Epochs { get; } = [];

    /// <summary>The best figure that early stopping has seen.</summary>
    public double Best { get; set; } = double.PositiveInfinity;

    /// <summary>Epochs since then.</summary>
    public int EpochsSinceBest { get; set; }

    /// <summary>The parameters of the best epoch; empty where they are not wanted.</summary>
    public float[] BestValues { get; set; } = [];
}
