namespace NeuralNetFromScratch.Published;

/// <summary>What a row reached.</summary>
/// <param name="Name">The row.</param>
/// <param name="Source">Where the recipe comes from.</param>
/// <param name="Choice">What the source leaves open and was chosen.</param>
/// <param name="Published">The published figure.</param>
/// <param name="Target">Where the mean has to lie.</param>
/// <param name="Unit">Unit of all figures.</param>
/// <param name="Figures">Ours, one for each seed.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Spread">Their standard deviation; 0 for one seed.</param>
/// <param name="Seconds">Mean seconds of a run.</param>
/// <param name="Passes">Whether the mean is where it has to be.</param>
internal sealed record Result(
    string Name,
    string Source,
    string Choice,
    double? Published,
    string Target,
    string Unit,
    IReadOnlyList<double> Figures,
    double Mean,
    double Spread,
    double Seconds,
    bool Passes)
{
    public static Result Of(Row row, IReadOnlyList<double> figures, double seconds)
    {
        double mean = figures.Average();
        return new(
            row.Name, row.Source, row.Choice, row.Published, row.Target.ToString(), row.Target.Unit, figures, mean, SpreadOf(figures), seconds, row.Target.Passes(mean));
    }

    /// <summary>The standard deviation of a sample of figures; 0 for one.</summary>
    public static double SpreadOf(IReadOnlyList<double> figures)
    {
        double mean = figures.Average();
        return figures.Count == 1 ? 0 : Math.Sqrt(figures.Sum(figure => (figure - mean) * (figure - mean)) / (figures.Count - 1));
    }
}
