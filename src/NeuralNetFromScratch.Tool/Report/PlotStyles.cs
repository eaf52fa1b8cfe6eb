using ScottPlot;
using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>The common style of all plots.</summary>
internal static class PlotStyles
{
    public static Plot Create(string title, Theme theme)
    {
        var plot = new Plot();
        plot.FigureBackground.Color = Convert(theme.Background);
        plot.DataBackground.Color = Convert(theme.Background);
        plot.Axes.Color(Convert(theme.Text));
        plot.Grid.MajorLineColor = Convert(theme.Grid);
        plot.Legend.BackgroundColor = Convert(theme.Background);
        plot.Legend.FontColor = Convert(theme.Text);
        plot.Legend.OutlineColor = Convert(theme.Grid);
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.FontSize = 13;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Title(title, 18);
        return plot;
    }

    public static Color Convert(SKColor colour) => new(colour.Red, colour.Green, colour.Blue);
}
