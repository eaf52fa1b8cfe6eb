namespace NeuralNetFromScratch.Published;

/// <summary>What a row measures, and where it has to lie.</summary>
/// <param name="Unit">What the number is: "% correct", "% errors", "s".</param>
/// <param name="Lowest">The least that passes.</param>
/// <param name="Highest">The most that passes.</param>
internal sealed record Figure(string Unit, double Lowest, double Highest)
{
    public static Figure AccuracyAtLeast(double percent) => new("% correct", percent, 100);

    public static Figure AccuracyWithin(double percent, double tolerance) => new("% correct", percent - tolerance, percent + tolerance);

    public static Figure ErrorAtMost(double percent) => new("% errors", 0, percent);

    public static Figure SecondsAtMost(double seconds) => new("s", 0, seconds);

    /// <summary>Whether a figure lies there, to the two digits that are shown.</summary>
    public bool Passes(double value) => Math.Round(value, 2) >= Lowest && Math.Round(value, 2) <= Highest;

    public override string ToString() => Lowest == 0
        ? FormattableString.Invariant($"at most {Highest} {Unit}")
        : Highest == 100 ? FormattableString.Invariant($"at least {Lowest} {Unit}") : FormattableString.Invariant($"{Lowest:F1} to {Highest:F1} {Unit}");
}
