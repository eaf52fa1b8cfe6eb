using System.Globalization;
using Spectre.Console;

namespace NeuralNetFromScratch.Tool;

/// <summary>Shows a training as it goes: a line for each epoch, and a bar where the output is a terminal.</summary>
internal sealed class TrainingDisplay(IAnsiConsole console, Recipe recipe) : IProgress<TrainingProgress>
{
    private const int CurveInterval = 10;

    private ProgressTask? _bar;

    /// <summary>The last report.</summary>
    public TrainingProgress Last { get; private set; }

    /// <summary>Runs a training under the bar.</summary>
    public void Run(Action training)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            training();
            return;
        }

        console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                _bar = context.AddTask("training", maxValue: recipe.Epochs);
                training();
            });
    }

    public void Report(TrainingProgress value)
    {
        Last = value;
        if (_bar is not null)
        {
            _bar.Value = value.Epoch - 1 + (double)value.Step / value.StepCount;
            _bar.Description = Invariant($"epoch {value.Epoch}/{value.EpochCount}  loss {value.Loss:F4}  accuracy {value.Training?.Accuracy:P2}");
        }

        if (value.FinishedEpoch is { } epoch)
            Show(epoch);
    }

    private void Show(EpochRecord epoch)
    {
        if (recipe.IsFullBatch)
        {
            // The accuracy of a step is that of the parameters before it.
            int iteration = epoch.Epoch - 1;
            if (iteration % CurveInterval != 0)
                return;
            console.WriteLine(Invariant($"iteration {iteration,3}  loss {epoch.Training.Loss:F4}  training accuracy {epoch.Training.Accuracy:P2}"));
            return;
        }

        string validation = epoch.Validation?.Accuracy is { } accuracy
            ? Invariant($"  validation loss {epoch.Validation?.Loss:F4}  accuracy {accuracy:P2}")
            : "";
        console.WriteLine(Invariant(
            $"epoch {epoch.Epoch,2}/{recipe.Epochs}  loss {epoch.Training.Loss:F4}  accuracy {epoch.Training.Accuracy:P2}{validation}  {epoch.Duration.TotalSeconds:F2} s  {epoch.SamplesPerSecond:N0} samples/s"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
