using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>A number by mean and deviation, or by quantiles; the median where it is missing, and a feature that says so where some were missing in the training.</summary>
internal sealed class NumberPlan : ColumnPlan
{
    private const string MeanKey = "mean", DeviationKey = "deviation", FillKey = "fill", ValuesKey = "values", ScoresKey = "scores";

    private readonly double _mean, _deviation, _fill;
    private readonly bool _hasFlag;
    private readonly QuantileCurve? _curve;

    /// <exception cref="ArgumentException">A figure is not finite, or the deviation not positive.</exception>
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
        return _hasFlag ? $"{range}; holes become {CellText.Short(_fill)} and are flagged" : range;
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

/// <summary>What is known of the numbers of a column that are there.</summary>
/// <param name="Sorted">The numbers, ascending.</param>
/// <param name="Mean">Their mean; 0 where there are none.</param>
/// <param name="Deviation">Their standard deviation.</param>
/// <param name="Kurtosis">Their fourth central moment by the square of the variance: 3 of normal numbers, 9 of exponential ones; 0 where all are the same.</param>
internal sealed record NumberStatistics(double[] Sorted, double Mean, double Deviation, double Kurtosis)
{
    public double Median => Sorted.Length == 0 ? 0 : Sorted[(Sorted.Length - 1) / 2] / 2 + Sorted[Sorted.Length / 2] / 2;

    public int Distinct => Sorted.Length == 0 ? 0 : 1 + Sorted.Skip(1).Zip(Sorted).Count(pair => pair.First != pair.Second);

    public static NumberStatistics Of(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Where(number => !double.IsNaN(number))];
        Array.Sort(sorted);
        if (sorted.Length == 0)
            return new(sorted, 0, 0, 0);
        // By the largest magnitude, so that no square overflows.
        double scale = Math.Max(Math.Abs(sorted[0]), Math.Abs(sorted[^1]));
        if (scale == 0)
            return new(sorted, 0, 0, 0);
        double sum = 0, squares = 0, fourth = 0;
        foreach (double number in sorted)
            sum += number / scale;
        double mean = sum / sorted.Length;
        foreach (double number in sorted)
        {
            double square = (number / scale - mean) * (number / scale - mean);
            squares += square;
            fourth += square * square;
        }

        double variance = squares / sorted.Length;
        bool varies = sorted[0] != sorted[^1];
        return new(sorted, mean * scale, varies ? Math.Sqrt(variance) * scale : 0, varies && variance > 0 ? fourth / sorted.Length / (variance * variance) : 0);
    }
}

/// <summary>A curve through pairs of a value and its score: straight between them, level outside.</summary>
internal sealed class QuantileCurve
{
    private const int MostKnots = 256;

    /// <summary>√3/π: the logistic distribution with this scale has deviation 1.</summary>
    private const double Scale = 0.5513288954217921;

    /// <exception cref="ArgumentException">There are no pairs, or not as many values as scores, or values that do not ascend, or figures that are not finite.</exception>
    public QuantileCurve(double[] values, double[] scores)
    {
        if (values.Length == 0 || values.Length != scores.Length)
            throw new ArgumentException($"expected a score for each of at least one value, got {scores.Length} scores for {values.Length} values");
        for (int i = 0; i < values.Length; i++)
        {
            Guard.Finite(values[i], "value");
            Guard.Finite(scores[i], "score");
            if (i > 0 && !(values[i] > values[i - 1]))
                throw new ArgumentException($"value {i} is not above the one before it");
        }

        (Values, Scores) = (values, scores);
    }

    public double[] Values { get; }

    public double[] Scores { get; }

    public double Least => Values[0];

    public double Greatest => Values[^1];

    /// <summary>A curve that makes numbers, evenly picked from sorted ones, quantiles <c>s·log(p/(1 − p))</c>; equal ones get the mean of theirs.</summary>
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
