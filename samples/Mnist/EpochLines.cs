using System.Globalization;
using NeuralNetFromScratch;

/// <summary>Prints a line for every n-th epoch.</summary>
internal sealed class EpochLines(int interval) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.FinishedEpoch is { } epoch && (epoch.Epoch - 1) % interval == 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch,3}/{value.EpochCount}  loss {epoch.Training.Loss:F4}  accuracy {epoch.Training.Accuracy:P2}  {epoch.Duration.TotalSeconds:F2} s"));
    }
}
