using System.Globalization;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>The encoding of a column's cells as features.</summary>
public enum ColumnEncoding
{
    /// <summary>The column gives no features.</summary>
    Ignored,

    /// <summary>A number, shifted and scaled to mean 0 and standard deviation 1.</summary>
    Standardized,

    /// <summary>A number, mapped by its rank in the training rows to a quantile of a logistic distribution with standard deviation 1. This limits outliers.</summary>
    Quantiles,

    /// <summary>One-hot: a feature for each frequent value, one for all rare values, and one for missing cells.</summary>
    Categories,

    /// <summary>1 for true, −1 for false.</summary>
    Boolean,

    /// <summary>The day as a standardized number; season, day of the week and, if there is one, time of day, each as sine and cosine.</summary>
    DateParts,
}

/// <summary>The encoding of one column, created by <see cref="TabularPlan.Infer"/>.</summary>
public abstract class ColumnPlan
{
    internal const string NameKey = "name", EncodingKey = "encoding", ReasonKey = "reason", FlagKey = "missing";

    private protected ColumnPlan(string name, ColumnEncoding encoding) => (Name, Encoding) = (name, encoding);

    /// <summary>The name of the column.</summary>
    public string Name { get; }

    /// <summary>The encoding of the cells.</summary>
    public ColumnEncoding Encoding { get; }

    /// <summary>Why the column is ignored; null if it is not ignored, or if the caller ignores it.</summary>
    public string? Reason { get; private protected init; }

    /// <summary>The names of the dense features of the column.</summary>
    public virtual IReadOnlyList<string> DenseFeatures => [];

    /// <summary>The number of sparse features of the column.</summary>
    public virtual int SparseFeatureCount => 0;

    /// <summary>The values that have a sparse feature each, the most frequent first; empty unless the encoding is <see cref="ColumnEncoding.Categories"/>.</summary>
    public virtual IReadOnlyList<string> Categories => [];

    /// <summary>Returns the name, the encoding and its details.</summary>
    public sealed override string ToString() => $"{MessageText.Of(Name)}: {EncodingName(Encoding)}{(Describe() is { Length: > 0 } more ? $", {more}" : "")}";

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

    /// <summary>Writes the dense features of all rows; those of a row begin at <c>row · stride + offset</c>.</summary>
    internal virtual void EncodeDense(TabularColumn column, float[] dense, int stride, int offset)
    {
    }

    /// <summary>Returns the sparse feature of each row, from 0; negative for none.</summary>
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

    /// <summary>The name of the feature that flags missing cells.</summary>
    private protected string FlagName => $"{Name} missing";
}

/// <summary>Ignores a column.</summary>
internal sealed class IgnoredPlan : ColumnPlan
{
    public IgnoredPlan(string name, string? reason)
        : base(name, ColumnEncoding.Ignored) => Reason = reason;

    internal override string Describe() => MessageText.Of(Reason);

    private protected override void WriteSettings(Utf8JsonWriter json)
    {
    }
}

/// <summary>Encodes true as 1, false as −1 and a missing value as 0; if training rows lacked values, another feature flags it.</summary>
internal sealed class BooleanPlan(string name, bool hasFlag) : ColumnPlan(name, ColumnEncoding.Boolean)
{
    public override IReadOnlyList<string> DenseFeatures => hasFlag ? [Name, FlagName] : [Name];

    internal override string Describe() => hasFlag ? "missing values are flagged" : "";

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

/// <summary>Encodes categories as one-hot features: one for each frequent value, then one for rare values and one for missing cells, if there were any.</summary>
internal sealed class CategoryPlan : ColumnPlan
{
    private const string CategoriesKey = "categories", RareKey = "rare";
    private const int MostShown = 4;

    private readonly string[] _categories;
    private readonly bool _hasRare, _hasMissing;
    private readonly Dictionary<string, int> _places;

    /// <exception cref="ArgumentException">A category is null or occurs twice, or there is no feature.</exception>
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

        if (SparseFeatureCount == 0)
            throw new ArgumentException("there are no categories");
    }

    public override int SparseFeatureCount => _categories.Length + (_hasRare ? 1 : 0) + (_hasMissing ? 1 : 0);

    public override IReadOnlyList<string> Categories => _categories;

    public static CategoryPlan Read(string name, JsonElement json) => new(
        name,
        [.. json.GetProperty(CategoriesKey).EnumerateArray().Select(value => value.GetString()!)],
        json.GetProperty(RareKey).GetBoolean(),
        json.GetProperty(FlagKey).GetBoolean());

    internal override string Describe()
    {
        string more = _categories.Length > MostShown ? string.Create(CultureInfo.InvariantCulture, $" and {_categories.Length - MostShown:N0} more") : "";
        return $"{string.Join(", ", _categories.Take(MostShown).Select(category => TextTable.Cell(category)))}{more}{(_hasRare ? "; rare values" : "")}{(_hasMissing ? "; missing values" : "")}";
    }

    /// <summary>An unknown value is treated as a rare one; if there is no feature for rare values, all features are 0.</summary>
    internal override int[] Places(TabularColumn column)
    {
        int unknown = _hasRare ? _categories.Length : -1, missing = _hasMissing ? SparseFeatureCount - 1 : unknown;
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
