using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Infers the encoding of a column from its cells.</summary>
internal static class PlanSearch
{
    /// <summary>The number of rows from which a column is recognized as a name or number of the rows.</summary>
    private const int FewestNamedRows = 20;

    /// <summary>The number of distinct values from which the kurtosis is considered.</summary>
    private const int FewestTailValues = 10;

    /// <summary>The kurtosis above which numbers have outliers: it is 9 for an exponential distribution, and above 100 for a log-normal one with σ = 1.</summary>
    private const double HeavyTail = 12;

    public static ColumnPlan Infer(TabularColumn column, TabularPlanOptions options)
    {
        int present = column.Count - column.MissingCount;
        if (present == 0)
            return new IgnoredPlan(column.Name, "no values");
        switch (column.Type)
        {
            case ColumnType.Number:
                NumberStatistics statistics = Statistics(column);
                if (statistics.Deviation == 0 && present == column.Count)
                    return Constant(column);
                if (NumbersRows(statistics.Sorted))
                    return new IgnoredPlan(column.Name, "numbers of the rows");
                return NumberPlan.Of(column, statistics, statistics.Kurtosis > HeavyTail && statistics.Distinct >= FewestTailValues);
            case ColumnType.Boolean:
                return present == column.Count && Enumerable.Range(0, column.Count).All(row => column.GetBoolean(row) == column.GetBoolean(0)) ? Constant(column) : As(column, ColumnEncoding.Boolean, options);
            case ColumnType.Date:
                return DatePlan.Of(column);
            default:
                Dictionary<string, int> counts = Counts(column);
                if (counts.Count == 1 && present == column.Count)
                    return Constant(column);
                if (counts.Count == present && present >= FewestNamedRows)
                    return new IgnoredPlan(column.Name, "a different value in each row");
                return counts.Values.Max() < options.MinCount(column.Count)
                    ? new IgnoredPlan(column.Name, string.Create(CultureInfo.InvariantCulture, $"no value occurs {options.MinCount(column.Count)} times"))
                    : Categories(column, counts, options);
        }
    }

    /// <exception cref="ArgumentException">The cells do not fit the encoding.</exception>
    public static ColumnPlan As(TabularColumn column, ColumnEncoding encoding, TabularPlanOptions options)
    {
        if (encoding != ColumnEncoding.Ignored && column.MissingCount == column.Count)
            throw new ArgumentException($"column {MessageText.Quote(column.Name)} has no values");
        return encoding switch
        {
            ColumnEncoding.Ignored => new IgnoredPlan(column.Name, null),
            ColumnEncoding.Standardized => NumberPlan.Of(column, Statistics(column), byQuantiles: false),
            ColumnEncoding.Quantiles => NumberPlan.Of(column, Statistics(column), byQuantiles: true),
            ColumnEncoding.Categories => Categories(column, Counts(column), options),
            ColumnEncoding.Boolean => new BooleanPlan(column.Name, Enumerable.Range(0, column.Count).Any(row => column.GetBoolean(row) is null)),
            _ => DatePlan.Of(column),
        };
    }

    private static IgnoredPlan Constant(TabularColumn column) => new(column.Name, "the same value in each row");

    private static NumberStatistics Statistics(TabularColumn column) => NumberStatistics.Of(Enumerable.Range(0, column.Count).Select(column.GetNumber));

    /// <summary>Returns whether the numbers are consecutive integers.</summary>
    private static bool NumbersRows(double[] sorted)
    {
        if (sorted.Length < FewestNamedRows || sorted[0] != Math.Floor(sorted[0]))
            return false;
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] - sorted[i - 1] != 1)
                return false;
        }

        return true;
    }

    private static CategoryPlan Categories(TabularColumn column, Dictionary<string, int> counts, TabularPlanOptions options)
    {
        int least = options.MinCount(column.Count);
        string[] frequent =
        [
            .. counts.Where(entry => entry.Value >= least).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)
                .Take(options.MaxCategories).Select(entry => entry.Key),
        ];
        return new CategoryPlan(column.Name, frequent, frequent.Length < counts.Count, column.MissingCount > 0);
    }

    private static Dictionary<string, int> Counts(TabularColumn column)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int row = 0; row < column.Count; row++)
        {
            if (column.GetText(row) is { } text)
                counts[text] = counts.GetValueOrDefault(text) + 1;
        }

        return counts;
    }
}
