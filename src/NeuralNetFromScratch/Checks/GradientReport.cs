using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>What a <see cref="GradientCheck"/> found.</summary>
/// <param name="Checked">How many derivatives were compared.</param>
/// <param name="Skipped">How many were left out because the function has a kink there: its slopes on both sides differ.</param>
/// <param name="LargestError">The largest difference, in units of what is allowed: above 1 the check has failed.</param>
/// <param name="WorstElement">Where that is: "weight[3]".</param>
/// <param name="Analytic">The derivative that was computed there.</param>
/// <param name="Numeric">The derivative by differences.</param>
public sealed record GradientReport(int Checked, int Skipped, double LargestError, string WorstElement, double Analytic, double Numeric)
{
    /// <summary>Share of the derivatives that may be left out.</summary>
    private const double SkippedShare = 0.2;

    /// <summary>Whether all derivatives agree, and enough were compared.</summary>
    public bool Passed => LargestError <= 1 && Skipped <= SkippedShare * (Checked + Skipped);

    /// <summary>The report in words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Passed ? "passed" : "FAILED")}: {Checked} derivatives compared, {Skipped} skipped at kinks; worst d/d{WorstElement}: {Analytic:G6}, by differences {Numeric:G6} ({LargestError:G3} of what is allowed)");
}
