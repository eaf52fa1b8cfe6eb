using System.Globalization;

namespace NeuralNetFromScratch.Tool;

/// <summary>Displays a training: a line for each epoch, or for every tenth iteration of full-batch training, and a progress bar if the output is a terminal.</summary>
/// <param name="recipe">The recipe of the training.</param>
/// <param name="checkpoint">The checkpoint that the training may continue from, or null.</param>
internal sealed class TrainingDisplay(Recipe recipe, string? checkpoint) : IProgress<TrainingProgress>
{
    private const int CurveInterval = 10, ReportsPerEpoch = 100;

    private readonly ConsoleProgress _progress = new();

    private long _shown;

    /// <summary>The last report.</summary>
    public TrainingProgress Last { get; private set; }

    /// <summary>Removes the bar after the training.</summary>
    public void End() => ((ITrainingDisplay)_progress).End();

    public void Report(TrainingProgress value)
    {
        if (_shown++ == 0 && checkpoint is not null)
        {
            bool continues = value.Epoch > 1 || value.Step > 1 + value.StepCount / ReportsPerEpoch;
            Console.WriteLine(continues ? string.Create(CultureInfo.InvariantCulture, $"Continuing from {checkpoint} in epoch {value.Epoch}") : $"{checkpoint} is of other data: starting from the beginning");
        }

        Last = value;
        if (recipe.IsFullBatch)
            ShowIteration(value);
        else if (value.FinishedEpoch is not null || ((ITrainingDisplay)_progress).IsDue)
            _progress.Report(value);
    }

    private static void ShowIteration(in TrainingProgress value)
    {
        // The accuracy of a step is that of the parameters before it.
        int iteration = value.Epoch - 1;
        if (value.FinishedEpoch is { } epoch && iteration % CurveInterval == 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"iteration {iteration,3}  loss {epoch.Training.Loss:F4}  training accuracy {epoch.Training.Accuracy:P2}"));
    }
}
