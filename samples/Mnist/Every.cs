using NeuralNetFromScratch;

/// <summary>Passes on every n-th epoch alone.</summary>
internal sealed class Every(int epochs, IProgress<TrainingProgress> progress) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.FinishedEpoch is null || (value.Epoch - 1) % epochs == 0)
            progress.Report(value);
    }
}
