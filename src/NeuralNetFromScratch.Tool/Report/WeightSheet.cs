using System.Globalization;
using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>Draws the weights of each unit of the first layer as an image of the size of the input.</summary>
internal static class WeightSheet
{
    private const int Shown = 128;

    /// <summary>Weights beyond this quantile have the full color, so that a few large weights do not make all others pale.</summary>
    private const double FullColour = 0.995;

    /// <summary>The number of shades on each side of zero; more would not be distinguishable.</summary>
    private const int Shades = 6;

    /// <summary>Returns the image; null if the first layer has no weights [pixels, units] or its input is not a square image.</summary>
    public static byte[]? Draw(Sequential network, Theme theme)
    {
        Shape input = network.InputShape;
        int pixels = input.ElementCount;
        Parameter? weight = network.Parameters.FirstOrDefault(parameter => parameter.Role == ParameterRole.Weight);
        if (input.Rank < 2 || input[0] * input[0] != pixels || weight is null || weight.Shape.Rank != 2 || weight.Shape[0] != pixels)
            return null;
        float[] values = weight.Values.ToArray();
        float[] sizes = [.. values.Select(Math.Abs).Order()];
        float full = Math.Max(sizes[(int)(FullColour * (sizes.Length - 1))], float.Epsilon);
        int units = weight.Shape[1], count = Math.Min(units, Shown);
        string which = count < units ? $"the first {count} of {units} units" : $"all {units} units";
        var sheet = new PictureSheet
        {
            Title = $"The first layer's weights: {which}",
            Subtitle = string.Create(
                CultureInfo.InvariantCulture, $"Ink on orange pixels speaks for a unit, on blue ones against it; full colour at ±{full:G2}"),
            Columns = 16,
            Side = 56,
            Gap = 6,
        };
        return sheet.Draw(count, unit => [.. Enumerable.Range(0, pixels).Select(pixel => Shade(values[pixel * units + unit] / full))], _ => [], theme);

        SKColor Shade(float value)
        {
            double share = Math.Round(Math.Clamp(value, -1, 1) * Shades) / Shades;
            return Theme.Mix(theme.Background, share < 0 ? theme.Blue : theme.Orange, Math.Abs(share));
        }
    }
}
