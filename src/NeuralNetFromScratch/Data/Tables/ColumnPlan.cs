using System.Globalization;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>How the cells of a column become features of a network.</summary>
public enum ColumnEncoding
{
    /// <summary>Not at all.</summary>
    Ignored,

    /// <summary>A number with mean 0 and deviation 1.</summary>
    Standardized,

    /// <summary>A number by its place among those of the training, so that outliers are not far away: as a quantile of a logistic distribution with deviation 1.</summary>
    Quantiles,

    /// <summary>A feature for each frequent value, 1 where the cell has it and else 0 (one-hot); one for all rare values, and one for holes.</summary>
    Categories,

    /// <summary>1 for true, −1 for false.</summary>
    Boolean,

    /// <summary>The day as a number with mean 0 and deviation 1; the season, the day of the week, and the time of day where there is one, each as sine and cosine.</summary>
    DateParts,
}

/// <summary>How the cells of one column become features. It is found by <see cref="TabularPlan.Find"/>.</summary>
public abstract class ColumnPlan
{
    internal const string NameKey = "name", EncodingKey = "encoding", ReasonKey = "reason", FlagKey = "missing";

    private protected ColumnPlan(string name, ColumnEncoding encoding) => (Name, Encoding) = (name, encoding);

    /// <summary>The column.</summary>
    public string Name { get; }

    /// <summary>How its cells become features.</summary>
    public ColumnEncoding Encoding { get; }

    /// <summary>Why the column is ignored; null where it is not, or where the caller wants it.</summary>
    public string? Reason { get; private protected init; }

    /// <summary>The features of the dense block that the column gives.</summary>
    public virtual IReadOnlyList<string> DenseFeatures => [];

    /// <summary>The number of sparse columns that the column gives.</summary>
    public virtual int SparseCount => 0;

    /// <summary>The frequent values, each with a sparse column of its own, the most frequent first; empty unless the encoding is <see cref="ColumnEncoding.Categories"/>.</summary>
    public virtual IReadOnlyList<string> Categories => [];

    /// <summary>What becomes of the column, in words.</summary>
    public sealed override string ToString() => $"{Name}: {EncodingName(Encoding)}{(Describe() is { Length: > 0 } more ? $", {more}" : "")}";

    internal static string EncodingName(ColumnEncoding encoding) => encoding switch
    {
        ColumnEncoding.Ignored => "ignored",
        ColumnEncoding.Standardized => "standardized",
        ColumnEncoding.Quantiles => "quantiles",
        ColumnEncoding.Categories => "categories",
        ColumnEncoding.Boolean => "boolean",
        _ => "date parts",
    };

    internal abstract string Describe();

    /// <summary>Writes the dense features of all rows: those of a row at <c>row · stride + offset</c>.</summary>
    internal virtual void EncodeDense(TabularColumn column, float[] dense, int stride, int offset)
    {
    }

    /// <summary>The sparse column, among the column's own, of each row; negative where there is none.</summary>
    internal virtual int[] Places(TabularColumn column) => [];

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString(NameKey, Name);
        json.WriteString(EncodingKey, EncodingName(Encoding));
        if (Reason is not null)
            json.WriteString(ReasonKey, Reason);
        WriteSettings(json);
        json.WriteEndObject();
    }

    internal static ColumnPlan Read(JsonElement json)
    {
        string name = json.GetProperty(NameKey).GetString() ?? throw new InvalidDataException("a column has no name");
        string encoding = json.GetProperty(EncodingKey).GetString() ?? "";
        ColumnEncoding[] known = Enum.GetValues<ColumnEncoding>();
        int place = Array.FindIndex(known, value => EncodingName(value) == encoding);
        if (place < 0)
            throw new InvalidDataException($"column {MessageText.Quote(name)}: the encoding {MessageText.Quote(encoding)} is unknown");
        try
        {
            return known[place] switch
            {
                ColumnEncoding.Ignored => new IgnoredPlan(name, json.TryGetProperty(ReasonKey, out JsonElement reason) ? reason.GetString() : null),
                ColumnEncoding.Standardized or ColumnEncoding.Quantiles => NumberPlan.Read(name, known[place], json),
                ColumnEncoding.Categories => CategoryPlan.Read(name, json),
                ColumnEncoding.Boolean => new BooleanPlan(name, json.GetProperty(FlagKey).GetBoolean()),
                _ => DatePlan.Read(name, json),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw MessageText.Malformed($"column {MessageText.Quote(name)}", exception);
        }
    }

    private protected abstract void WriteSettings(Utf8JsonWriter json);

    /// <summary>The feature that says that a cell is missing.</summary>
    private protected string FlagName => $"{Name} missing";
}

/// <summary>A column that is left out.</summary>
internal sealed class IgnoredPlan : ColumnPlan
{
    public IgnoredPlan(string name, string? reason)
        : base(name, ColumnEncoding.Ignored) => Reason = reason;

    internal override string Describe() => Reason ?? "";

    private protected override void WriteSettings(Utf8JsonWriter json)
    {
    }
}

/// <summary>A truth value, 0 where it is missing, and a feature that says so where some were missing in the training.</summary>
internal sealed class BooleanPlan(string name, bool hasFlag) : ColumnPlan(name, ColumnEncoding.Boolean)
{
    public override IReadOnlyList<string> DenseFeatures => hasFlag ? [Name, FlagName] : [Name];

    internal override string Describe() => hasFlag ? "holes are flagged" : "";

    internal override void EncodeDense(TabularColumn column, float[] dense, int stride, int offset)
    {
        for (int row = 0; row < column.Count; row++)
        {
            bool? value = column.GetBoolean(row);
            dense[row * stride + offset] = value switch { true => 1, false => -1, null => 0 };
            if (hasFlag)
                dense[row * stride + offset + 1] = value is null ? 1 : 0;
        }
    }

    private protected override void WriteSettings(Utf8JsonWriter json) => json.WriteBoolean(FlagKey, hasFlag);
}

/// <summary>The frequent values of a column, each with a place of its own; then one for rare values where there were any, then one for holes where there were any.</summary>
internal sealed class CategoryPlan : ColumnPlan
{
    private const string CategoriesKey = "categories", RareKey = "rare";
    private const int MostShown = 4;

    private readonly string[] _categories;
    private readonly bool _hasRare, _hasMissing;
    private readonly Dictionary<string, int> _places;

    /// <exception cref="ArgumentException">A category is null or occurs twice, or there is no place.</exception>
    public CategoryPlan(string name, string[] categories, bool hasRare, bool hasMissing)
        : base(name, ColumnEncoding.Categories)
    {
        (_categories, _hasRare, _hasMissing) = (categories, hasRare, hasMissing);
        _places = new Dictionary<string, int>(categories.Length, StringComparer.Ordinal);
        for (int i = 0; i < categories.Length; i++)
        {
            if (categories[i] is null || !_places.TryAdd(categories[i], i))
                throw new ArgumentException($"category {i} is null or occurs twice");
        }

        if (SparseCount == 0)
            throw new ArgumentException("there are no categories");
    }

    public override int SparseCount => _categories.Length + (_hasRare ? 1 : 0) + (_hasMissing ? 1 : 0);

    public override IReadOnlyList<string> Categories => _categories;

    public static CategoryPlan Read(string name, JsonElement json) => new(
        name,
        [.. json.GetProperty(CategoriesKey).EnumerateArray().Select(value => value.GetString()!)],
        json.GetProperty(RareKey).GetBoolean(),
        json.GetProperty(FlagKey).GetBoolean());

    internal override string Describe()
    {
        string more = _categories.Length > MostShown ? string.Create(CultureInfo.InvariantCulture, $" and {_categories.Length - MostShown:N0} more") : "";
        return $"{string.Join(", ", _categories.Take(MostShown))}{more}{(_hasRare ? "; rare ones together" : "")}{(_hasMissing ? "; holes" : "")}";
    }

    /// <summary>What was never seen counts as rare, where anything did in the training; else none of the features is 1.</summary>
    internal override int[] Places(TabularColumn column)
    {
        int unknown = _hasRare ? _categories.Length : -1, missing = _hasMissing ? SparseCount - 1 : unknown;
        var places = new int[column.Count];
        int[] ofDistinct = [.. column.Distinct.Select(text => _places.GetValueOrDefault(text, unknown))];
        for (int row = 0; row < places.Length; row++)
        {
            places[row] = column.IsMissing(row) ? missing
                : column.Type == ColumnType.Text ? ofDistinct[column.Code(row)]
                : _places.GetValueOrDefault(column.GetText(row)!, unknown);
        }

        return places;
    }

    private protected override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteBoolean(RareKey, _hasRare);
        json.WriteBoolean(FlagKey, _hasMissing);
        json.WriteStartArray(CategoriesKey);
        foreach (string category in _categories)
            json.WriteStringValue(category);
        json.WriteEndArray();
    }
}
