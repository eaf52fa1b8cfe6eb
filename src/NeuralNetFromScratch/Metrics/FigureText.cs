using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Figures as a person reads them.</summary>
internal static class FigureText
{
    /// <summary>Four decimals; four significant digits where those would not do.</summary>
    public static string Of(double value) => Math.Abs(value) switch
    {
        0 or (>= 0.001 and < 100_000) => value.ToString("F4", CultureInfo.InvariantCulture),
        double.NaN => "NaN",
        double.PositiveInfinity => value > 0 ? "∞" : "−∞",
        _ => value.ToString("0.000e+0", CultureInfo.InvariantCulture),
    };

    /// <summary>A number of samples with separators: 10,000.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
