namespace NeuralNetFromScratch;

/// <summary>Where a training stands. It is reported about 100 times an epoch, and at the end of each.</summary>
public readonly record struct TrainingProgress
{
    internal TrainingProgress(int epoch, int epochCount, int step, int stepCount, double loss, EvaluationResult? training)
    {
        Epoch = epoch;
        EpochCount = epochCount;
        Step = step;
        StepCount = stepCount;
        Loss = loss;
        Training = training;
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>Number of epochs that the training will take at most.</summary>
    public int EpochCount { get; }

    /// <summary>Steps done in this epoch.</summary>
    public int Step { get; }

    /// <summary>Steps of an epoch.</summary>
    public int StepCount { get; }

    /// <summary>The mean loss of the epoch's samples so far.</summary>
    public double Loss { get; }

    /// <summary>
    /// Loss and metrics of the epoch's samples so far; null in <see cref="TrainingCallback.OnStepEnd"/>, where
    /// <see cref="TrainingRun.ComputeFigures"/> gives them.
    /// </summary>
    public EvaluationResult? Training { get; }

    /// <summary>The epoch's record when it is finished, else null.</summary>
    public EpochRecord? FinishedEpoch { get; init; }
}
