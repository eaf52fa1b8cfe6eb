namespace NeuralNetFromScratch;

/// <summary>Where a training stands. It is reported some hundred times an epoch, and at the end of each.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="Loss">Mean loss of the epoch's samples so far.</param>
/// <param name="Accuracy">Share of the epoch's samples so far that were classified correctly.</param>
/// <param name="FinishedEpoch">The epoch's record when it is finished, else null.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Step, int Steps, double Loss, double Accuracy, EpochRecord? FinishedEpoch);
