using System.Globalization;
using ScottPlot;
using ScottPlot.Colormaps;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>
/// Draws the confusion matrix as a heat map. Only the mistakes are shaded by their number, since the counts on the diagonal are a hundred times as large.
/// </summary>
internal static class ConfusionPicture
{
    private const int Width = 660, Height = 580;

    public static byte[] Draw(ConfusionMatrix confusion, IReadOnlyList<string> classes, Theme theme)
    {
        InterFont.UseInPlots();
        int count = confusion.ClassCount;
        double[,] mistakes = new double[count, count];
        for (int actual = 0; actual < count; actual++)
        {
            for (int predicted = 0; predicted < count; predicted++)
                mistakes[actual, predicted] = actual == predicted ? double.NaN : confusion[actual, predicted];
        }

        double most = Math.Max(mistakes.Cast<double>().Where(double.IsFinite).DefaultIfEmpty().Max(), 1);
        int right = Enumerable.Range(0, count).Sum(label => confusion[label, label]);
        using Plot plot = PlotStyles.Create(string.Create(CultureInfo.InvariantCulture, $"{right:N0} of {confusion.Count:N0} right; the shaded cells are mistakes"), theme);
        plot.HideGrid();
        var map = plot.Add.Heatmap(mistakes);
        map.Colormap = new CustomInterpolated([PlotStyles.Convert(theme.Background), PlotStyles.Convert(theme.Orange)]);
        map.ManualRange = new(0, most);
        map.NaNCellColor = PlotStyles.Convert(theme.Diagonal);
        for (int actual = 0; actual < count; actual++)
        {
            for (int predicted = 0; predicted < count; predicted++)
                Write(actual, predicted);
        }

        double[] places = [.. Enumerable.Range(0, count)];
        plot.Axes.Bottom.SetTicks(places, [.. classes]);
        plot.Axes.Left.SetTicks(places, [.. classes.Reverse()]);
        plot.XLabel("taken for", 14);
        plot.YLabel("is", 14);
        plot.Axes.SetLimits(-0.5, count - 0.5, -0.5, count - 0.5);
        var bar = plot.Add.ColorBar(map);
        bar.Axis.FrameLineStyle.Color = bar.Axis.TickLabelStyle.ForeColor = bar.Axis.MajorTickStyle.Color = bar.Axis.MinorTickStyle.Color = PlotStyles.Convert(theme.Text);
        bar.Axis.TickLabelStyle.FontSize = 13;
        bar.Axis.MinorTickStyle.Length = 0;
        bar.Axis.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        return Picture.Draw(Width, Height, theme, canvas => plot.Render(canvas, new PixelRect(0, Width, Height, 0)));

        void Write(int actual, int predicted)
        {
            int number = confusion[actual, predicted];
            SKColor cell = actual == predicted ? theme.Diagonal : Theme.Mix(theme.Background, theme.Orange, number / most);
            var text = plot.Add.Text(number == 0 ? "·" : number.ToString("N0", CultureInfo.InvariantCulture), predicted, count - 1 - actual);
            text.LabelAlignment = Alignment.MiddleCenter;
            text.LabelFontSize = 15;
            text.LabelFontColor = PlotStyles.Convert(number == 0 ? theme.Faint : Theme.TextOn(cell));
        }
    }
}
