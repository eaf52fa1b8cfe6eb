using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>Encodes the parts of a date. A missing date becomes the median; if training rows lacked dates, another feature flags it.</summary>
internal sealed class DatePlan : ColumnPlan
{
    private const string MeanKey = "mean", DeviationKey = "deviation", FillKey = "fill", TimeKey = "timeOfDay";
    private const double DaysOfYear = 365.25, DaysOfWeek = 7;

    private readonly double _mean, _deviation, _fill;
    private readonly bool _hasTime, _hasFlag;

    /// <exception cref="ArgumentException">A number is not finite, the deviation is not positive, or the day to fill in is out of range.</exception>
    public DatePlan(string name, double mean, double deviation, double fill, bool hasTime, bool hasFlag)
        : base(name, ColumnEncoding.DateParts)
    {
        Guard.Finite(mean, MeanKey);
        Guard.Positive(deviation, DeviationKey);
        if (!(fill >= 0 && fill <= Days(DateTime.MaxValue)))
            throw new ArgumentOutOfRangeException(FillKey, fill, "the day to fill in is not a date");
        (_mean, _deviation, _fill, _hasTime, _hasFlag) = (mean, deviation, fill, hasTime, hasFlag);
        string[] time = hasTime ? [$"{name} time sine", $"{name} time cosine"] : [], flag = hasFlag ? [FlagName] : [];
        DenseFeatures = [$"{name} day", $"{name} season sine", $"{name} season cosine", $"{name} weekday sine", $"{name} weekday cosine", .. time, .. flag];
    }

    public override IReadOnlyList<string> DenseFeatures { get; }

    public static DatePlan Of(TabularColumn column)
    {
        DateTime?[] dates = [.. Enumerable.Range(0, column.Count).Select(column.GetDate)];
        NumberStatistics days = NumberStatistics.Of(dates.Select(date => date is { } there ? Days(there) : double.NaN));
        bool hasTime = dates.Any(date => date is { } there && there.TimeOfDay != TimeSpan.Zero);
        return new(column.Name, days.Mean, days.Deviation > 0 ? days.Deviation : 1, days.Median, hasTime, days.Sorted.Length < dates.Length);
    }

    public static DatePlan Read(string name, JsonElement json) => new(
        name, json.GetProperty(MeanKey).GetDouble(), json.GetProperty(DeviationKey).GetDouble(), json.GetProperty(FillKey).GetDouble(),
        json.GetProperty(TimeKey).GetBoolean(), json.GetProperty(FlagKey).GetBoolean());

    internal override string Describe()
    {
        string parts = $"median {CellText.Of(DateTime.MinValue.AddDays(_fill).Date)}{(_hasTime ? ", with the time of day" : "")}";
        return _hasFlag ? $"{parts}; missing dates become the median and are flagged" : parts;
    }

    internal override void EncodeDense(TabularColumn column, float[] dense, int stride, int offset)
    {
        for (int row = 0; row < column.Count; row++)
        {
            DateTime? given = column.GetDate(row);
            DateTime date = given ?? DateTime.MinValue.AddDays(_fill);
            Span<float> features = dense.AsSpan(row * stride + offset, DenseFeatures.Count);
            features[0] = (float)((Days(date) - _mean) / _deviation);
            Turn((date.DayOfYear - 1) / DaysOfYear, features[1..]);
            Turn((int)date.DayOfWeek / DaysOfWeek, features[3..]);
            if (_hasTime)
                Turn(date.TimeOfDay.Ticks / (double)TimeSpan.TicksPerDay, features[5..]);
            if (_hasFlag)
                features[^1] = given is null ? 1 : 0;
        }
    }

    private protected override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber(MeanKey, _mean);
        json.WriteNumber(DeviationKey, _deviation);
        json.WriteNumber(FillKey, _fill);
        json.WriteBoolean(TimeKey, _hasTime);
        json.WriteBoolean(FlagKey, _hasFlag);
    }

    /// <summary>Returns the days since January 1 of the year 1.</summary>
    private static double Days(DateTime date) => date.Ticks / (double)TimeSpan.TicksPerDay;

    private static void Turn(double turns, Span<float> features)
    {
        (double sine, double cosine) = PortableMath.SinCosOfTurns(turns);
        (features[0], features[1]) = ((float)sine, (float)cosine);
    }
}
