using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>Plots loss and accuracy over the epochs.</summary>
internal static class LearningCurves
{
    private const int Width = 960, Height = 360;

    /// <summary>The maximum number of points with markers.</summary>
    private const int MarkedPoints = 40;

    /// <summary>Returns the plot; null if no epoch was finished.</summary>
    public static byte[]? Draw(RunReport report, Theme theme)
    {
        IReadOnlyList<EpochRecord> epochs = report.Epochs;
        if (epochs.Count == 0)
            return null;
        InterFont.UseInPlots();
        using Plot loss = Panel("Loss", Alignment.UpperRight, report, theme, report.Evaluation.Loss, epoch => epoch.Training.Loss, epoch => epoch.Validation?.Loss);
        using Plot accuracy = Panel(
            "Accuracy", Alignment.LowerRight, report, theme, report.Evaluation.Accuracy, epoch => epoch.Training.Accuracy, epoch => epoch.Validation?.Accuracy);
        accuracy.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = value => (100 * value).ToString("0.##", CultureInfo.InvariantCulture) + " %" };
        return Picture.Draw(Width, Height, theme, canvas =>
        {
            Place(canvas, loss, 0);
            Place(canvas, accuracy, Width / 2);
        });
    }

    private static void Place(SKCanvas canvas, Plot plot, int left)
    {
        // A plot clears the canvas first, within the clip.
        canvas.Save();
        canvas.ClipRect(SKRect.Create(left, 0, Width / 2f, Height));
        plot.Render(canvas, new PixelRect(left, left + Width / 2f, Height, 0));
        canvas.Restore();
    }

    private static Plot Panel(
        string title,
        Alignment legend,
        RunReport report,
        Theme theme,
        double test,
        Func<EpochRecord, double> training,
        Func<EpochRecord, double?> validation)
    {
        IReadOnlyList<EpochRecord> epochs = report.Epochs;
        Plot plot = PlotStyles.Create(title, theme);
        double[] numbers = [.. epochs.Select(epoch => (double)epoch.Epoch)];
        Line([.. epochs.Select(training)], "training", theme.Blue, MarkerShape.FilledCircle);
        if (epochs.All(epoch => validation(epoch) is not null))
            Line([.. epochs.Select(epoch => validation(epoch)!.Value)], "validation", theme.Orange, MarkerShape.FilledSquare);

        var end = plot.Add.HorizontalLine(test, 2, PlotStyles.Convert(theme.Green), LinePattern.Dashed);
        end.LegendText = "test, at the end";
        plot.XLabel(report.EpochName, 14);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        plot.Axes.Bottom.MinorTickStyle.Length = 0;
        plot.Axes.AutoScale();
        if (title == "Loss")
            plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        plot.ShowLegend(legend);
        return plot;

        void Line(double[] values, string name, SKColor colour, MarkerShape marker)
        {
            var line = plot.Add.Scatter(numbers, values, PlotStyles.Convert(colour));
            line.LegendText = name;
            line.LineWidth = 2;
            line.MarkerShape = marker;
            line.MarkerSize = numbers.Length <= MarkedPoints ? 6 : 0;
        }
    }
}
