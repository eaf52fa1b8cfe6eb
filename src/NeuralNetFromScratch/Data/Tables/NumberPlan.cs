using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>Standardizes numbers, or converts them to quantiles. A missing number becomes the median; if training rows lacked numbers, another feature flags it.</summary>
internal sealed class NumberPlan : ColumnPlan
{
    private const string MeanKey = "mean", DeviationKey = "deviation", FillKey = "fill", ValuesKey = "values", ScoresKey = "scores";

    private readonly double _mean, _deviation, _fill;
    private readonly bool _hasFlag;
    private readonly QuantileCurve? _curve;

    /// <exception cref="ArgumentException">A number is not finite, or the deviation is not positive.</exception>
    public NumberPlan(string name, double mean, double deviation, double fill, bool hasFlag, QuantileCurve? curve = null)
        : base(name, curve is null ? ColumnEncoding.Standardized : ColumnEncoding.Quantiles)
    {
        Guard.Finite(mean, MeanKey);
        Guard.Positive(deviation, DeviationKey);
        Guard.Finite(fill, FillKey);
        (_mean, _deviation, _fill, _hasFlag, _curve) = (mean, deviation, fill, hasFlag, curve);
    }

    public override IReadOnlyList<string> DenseFeatures => _hasFlag ? [Name, FlagName] : [Name];

    public static NumberPlan Of(TabularColumn column, NumberStatistics statistics, bool byQuantiles) => new(
        column.Name, statistics.Mean, statistics.Deviation > 0 ? statistics.Deviation : 1, statistics.Median, statistics.Sorted.Length < column.Count,
        byQuantiles ? QuantileCurve.Of(statistics.Sorted) : null);

    public static NumberPlan Read(string name, ColumnEncoding encoding, JsonElement json) => new(
        name, json.GetProperty(MeanKey).GetDouble(), json.GetProperty(DeviationKey).GetDouble(), json.GetProperty(FillKey).GetDouble(), json.GetProperty(FlagKey).GetBoolean(),
        encoding == ColumnEncoding.Quantiles ? new QuantileCurve(Numbers(json, ValuesKey), Numbers(json, ScoresKey)) : null);

    internal override string Describe()
    {
        string range = _curve is null ? $"mean {CellText.Short(_mean)}, deviation {CellText.Short(_deviation)}" : $"from {CellText.Short(_curve.Least)} to {CellText.Short(_curve.Greatest)}, median {CellText.Short(_fill)}";
        return _hasFlag ? $"{range}; missing values become {CellText.Short(_fill)} and are flagged" : range;
    }

    internal override void EncodeDense(TabularColumn column, float[] dense, int stride, int offset)
    {
        for (int row = 0; row < column.Count; row++)
        {
            double number = column.GetNumber(row), value = double.IsNaN(number) ? _fill : number;
            dense[row * stride + offset] = (float)(_curve?.Score(value) ?? (value - _mean) / _deviation);
            if (_hasFlag)
                dense[row * stride + offset + 1] = double.IsNaN(number) ? 1 : 0;
        }
    }

    private protected override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber(MeanKey, _mean);
        json.WriteNumber(DeviationKey, _deviation);
        json.WriteNumber(FillKey, _fill);
        json.WriteBoolean(FlagKey, _hasFlag);
        if (_curve is null)
            return;
        Write(ValuesKey, _curve.Values);
        Write(ScoresKey, _curve.Scores);

        void Write(string key, double[] numbers)
        {
            json.WriteStartArray(key);
            foreach (double number in numbers)
                json.WriteNumberValue(number);
            json.WriteEndArray();
        }
    }

    private static double[] Numbers(JsonElement json, string key) => [.. json.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];
}

/// <summary>Statistics of the numbers of a column, without missing ones.</summary>
/// <param name="Sorted">The numbers in ascending order.</param>
/// <param name="Mean">The mean; 0 if there are no numbers.</param>
/// <param name="Deviation">The standard deviation.</param>
/// <param name="Kurtosis">The fourth central moment divided by the square of the variance; 0 if all numbers are equal.</param>
internal sealed record NumberStatistics(double[] Sorted, double Mean, double Deviation, double Kurtosis)
{
    public double Median => Sorted.Length == 0 ? 0 : Sorted[(Sorted.Length - 1) / 2] / 2 + Sorted[Sorted.Length / 2] / 2;

    public int Distinct => Sorted.Length == 0 ? 0 : 1 + Sorted.Skip(1).Zip(Sorted).Count(pair => pair.First != pair.Second);

    public static NumberStatistics Of(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Where(number => !double.IsNaN(number))];
        Array.Sort(sorted);
        var moments = Moments.Of(sorted);
        bool varies = sorted.Length > 0 && sorted[0] != sorted[^1];
        return new(sorted, moments.Mean, varies ? moments.Deviation : 0, varies ? moments.Kurtosis : 0);
    }
}

/// <summary>A piecewise linear function through pairs of a value and a score, constant outside.</summary>
internal sealed class QuantileCurve
{
    private const int MostKnots = 256;

    /// <summary>√3/π, the scale of a logistic distribution with standard deviation 1.</summary>
    private const double Scale = 0.5513288954217921;

    /// <exception cref="ArgumentException">There are no pairs, the numbers of values and scores differ, the values are not ascending, or a number is not finite.</exception>
    public QuantileCurve(double[] values, double[] scores)
    {
        if (values.Length == 0 || values.Length != scores.Length)
            throw new ArgumentException($"expected a score for each of at least one value, got {scores.Length} scores for {values.Length} values");
        for (int i = 0; i < values.Length; i++)
        {
            Guard.Finite(values[i], "value");
            Guard.Finite(scores[i], "score");
            if (i > 0 && !(values[i] > values[i - 1]))
                throw new ArgumentException($"value {i} is not greater than the value before it");
        }

        (Values, Scores) = (values, scores);
    }

    public double[] Values { get; }

    public double[] Scores { get; }

    public double Least => Values[0];

    public double Greatest => Values[^1];

    /// <summary>Creates the function that maps numbers to quantiles <c>s·log(p/(1 − p))</c>, from evenly spaced elements of sorted numbers. Equal numbers get the mean of their quantiles.</summary>
    public static QuantileCurve Of(double[] sorted)
    {
        int knots = Math.Min(MostKnots, sorted.Length);
        List<double> values = [], scores = [];
        for (int start = 0, end; start < knots; start = end)
        {
            double value = Pick(start), sum = 0;
            for (end = start; end < knots && Pick(end) == value; end++)
            {
                double share = (end + 0.5) / knots;
                sum += Scale * PortableMath.Log(share / (1 - share));
            }

            values.Add(value);
            scores.Add(sum / (end - start));
        }

        return new([.. values], [.. scores]);

        double Pick(int knot) => sorted[knots == 1 ? 0 : (int)((long)knot * (sorted.Length - 1) / (knots - 1))];
    }

    public double Score(double value)
    {
        int place = Array.BinarySearch(Values, value);
        if (place >= 0)
            return Scores[place];
        int above = ~place;
        if (above == 0 || above == Values.Length)
            return above == 0 ? Scores[0] : Scores[^1];
        // Halves, so that the distance of the largest numbers does not overflow.
        double share = (value / 2 - Values[above - 1] / 2) / (Values[above] / 2 - Values[above - 1] / 2);
        return Scores[above - 1] + share * (Scores[above] - Scores[above - 1]);
    }
}
