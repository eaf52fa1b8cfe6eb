namespace NeuralNetFromScratch;

/// <summary>What one epoch reached.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="TrainingLoss">Mean loss over the epoch's samples, each as it stood at its step.</param>
/// <param name="TrainingAccuracy">Share of the epoch's samples that were classified correctly at their step.</param>
/// <param name="ValidationLoss">Mean loss on the validation set after the epoch; null without one.</param>
/// <param name="ValidationAccuracy">Accuracy on the validation set after the epoch; null without one.</param>
/// <param name="Seconds">Time for shuffling, gathering and all steps, and nothing else.</param>
/// <param name="Samples">Number of samples.</param>
public sealed record EpochRecord(
    int Epoch, double TrainingLoss, double TrainingAccuracy, double? ValidationLoss, double? ValidationAccuracy, double Seconds, int Samples)
{
    /// <summary>Samples trained in a second.</summary>
    public double SamplesPerSecond => Samples / Seconds;
}
