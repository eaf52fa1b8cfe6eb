namespace NeuralNetFromScratch;

/// <summary>Is told how a training goes and can end it. Derive from this class for what should happen on the way.</summary>
public abstract class TrainingCallback
{
    /// <summary>Before the first epoch.</summary>
    /// <param name="run">The training.</param>
    public virtual void OnTrainingBegin(TrainingRun run)
    {
    }

    /// <summary>After each step.</summary>
    /// <param name="run">The training.</param>
    /// <param name="progress">Where it stands.</param>
    public virtual void OnStepEnd(TrainingRun run, in TrainingProgress progress)
    {
    }

    /// <summary>After each epoch and its validation.</summary>
    /// <param name="run">The training.</param>
    /// <param name="epoch">What the epoch reached.</param>
    public virtual void OnEpochEnd(TrainingRun run, EpochRecord epoch)
    {
    }

    /// <summary>After the last epoch; not after an exception.</summary>
    /// <param name="run">The training.</param>
    public virtual void OnTrainingEnd(TrainingRun run)
    {
    }
}
