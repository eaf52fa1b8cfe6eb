using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>How <see cref="TabularPlan.Find"/> chooses.</summary>
public sealed record TabularPlanOptions
{
    private const int RowsPerCount = 1000, LeastMinCount = 2, MostMinCount = 10;

    /// <summary>
    /// How often a value must occur to be a category of its own; rarer ones are together. Positive; null, the default, is a thousandth of the rows,
    /// between two and ten.
    /// </summary>
    public int? MinCategoryCount { get; init; }

    /// <summary>How many categories a column may have at most, the most frequent ones; the others are together. Default: 1,000,000; positive.</summary>
    public int MaxCategories { get; init; } = 1_000_000;

    /// <summary>Columns whose encoding is given, by name; the others' is found.</summary>
    public IReadOnlyDictionary<string, ColumnEncoding> Encodings { get; init; } = new Dictionary<string, ColumnEncoding>();

    internal int MinCount(int rows) => MinCategoryCount ?? Math.Clamp(rows / RowsPerCount, LeastMinCount, MostMinCount);

    internal void Validate()
    {
        if (MinCategoryCount is { } count)
            Guard.Positive(count, nameof(MinCategoryCount));
        Guard.Positive(MaxCategories, nameof(MaxCategories));
        ArgumentNullException.ThrowIfNull(Encodings, nameof(Encodings));
        foreach (ColumnEncoding encoding in Encodings.Values)
            Guard.Defined(encoding, nameof(Encodings));
    }
}

/// <summary>
/// How the columns of a table become features of a network: numbers, truth values and dates a dense block, categories sparse columns after it. It is found
/// from the rows of a training and goes with the model, so that rows to predict are treated as those were. <see cref="ToString"/> shows it as a table.
/// </summary>
public sealed class TabularPlan
{
    private readonly ColumnPlan[] _columns;

    internal TabularPlan(ColumnPlan[] columns)
    {
        _columns = columns;
        DenseCount = columns.Sum(column => column.DenseFeatures.Count);
        SparseCount = columns.Aggregate(0, (sum, column) => checked(sum + column.SparseCount));
    }

    /// <summary>The columns, in the order of the table.</summary>
    public IReadOnlyList<ColumnPlan> Columns => _columns;

    /// <summary>The number of dense features, the first ones.</summary>
    public int DenseCount { get; }

    /// <summary>The number of sparse features, the last ones.</summary>
    public int SparseCount { get; }

    /// <summary>
    /// Finds a plan. Numbers are standardized, or become quantiles where a few are far from all others; a missing one becomes the median, and a second feature says
    /// so. Texts are categories; a column of texts with another one in each row, or without one that occurs often enough, is ignored, and so are columns that number
    /// the rows or are the same in each row.
    /// </summary>
    /// <param name="data">The rows of the training.</param>
    /// <param name="except">Columns that are not features: those to predict, and weights.</param>
    /// <param name="options">How it chooses; null for the defaults.</param>
    /// <exception cref="ArgumentException">The table has no row, or not one of the columns; or the cells of a column do not fit the encoding that is given.</exception>
    public static TabularPlan Find(TabularData data, IReadOnlyList<string>? except = null, TabularPlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new();
        options.Validate();
        if (data.RowCount == 0)
            throw new ArgumentException("the table has no row", nameof(data));
        foreach (string name in (except ?? []).Concat(options.Encodings.Keys))
            _ = data[name];
        return new(
        [
            .. data.Columns.Where(column => except is null || !except.Contains(column.Name, StringComparer.Ordinal)).Select(column =>
                options.Encodings.TryGetValue(column.Name, out ColumnEncoding encoding) ? PlanSearch.As(column, encoding, options) : PlanSearch.Find(column, options)),
        ]);
    }

    /// <summary>The plan with another encoding of one column.</summary>
    /// <param name="name">The column.</param>
    /// <param name="encoding">How its cells become features.</param>
    /// <param name="data">The rows of the training.</param>
    /// <param name="options">Which values are categories; null for the defaults.</param>
    /// <exception cref="ArgumentException">The plan or the table has no such column, or its cells cannot be encoded so.</exception>
    public TabularPlan With(string name, ColumnEncoding encoding, TabularData data, TabularPlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Guard.Defined(encoding, nameof(encoding));
        (options ??= new()).Validate();
        return Replace(PlanSearch.As(data[name], encoding, options));
    }

    /// <summary>The plan without the features of some columns, which then need not be in a table either.</summary>
    /// <param name="names">The columns.</param>
    /// <exception cref="ArgumentException">The plan has no such column.</exception>
    public TabularPlan Ignore(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Aggregate(this, (plan, name) => plan.Replace(new IgnoredPlan(name, null)));
    }

    /// <summary>The rows of a table as samples with class labels.</summary>
    /// <param name="data">The table; it has every column that is not ignored, in any order.</param>
    /// <param name="labels">The class of each row.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding; the message names column and row.</exception>
    public Dataset ToDataset(TabularData data, int[] labels, int classCount) => Encode(data).WithLabels(labels, classCount);

    /// <summary>The rows of a table as samples with dense targets.</summary>
    /// <param name="data">The table; it has every column that is not ignored, in any order.</param>
    /// <param name="targets">All targets one after another: [rows, targetLength].</param>
    /// <param name="targetLength">How many numbers a target has; positive.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding; the message names column and row.</exception>
    public Dataset ToDataset(TabularData data, float[] targets, int targetLength) => Encode(data).WithTargets(targets, targetLength);

    /// <summary>A table with a line for each column: its encoding, the number of features that it gives, and what they are.</summary>
    public override string ToString() => TextTable.Of(
    [
        ["column", "encoding", "features", ""],
        .. _columns.Select(column => (string[])
        [
            column.Name, ColumnPlan.EncodingName(column.Encoding),
            (column.DenseFeatures.Count + column.SparseCount).ToString("N0", CultureInfo.InvariantCulture), column.Describe(),
        ]),
    ]);

    internal TabularFeatures Encode(TabularData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (DenseCount + SparseCount == 0)
            throw new ArgumentException($"no column of the table gives a feature: {string.Join("; ", _columns.AsEnumerable())}", nameof(data));
        int rows = data.RowCount, dense = 0, sparse = 0;
        var features = new float[Guard.Length(rows, DenseCount)];
        List<(int Start, int[] Places)> categories = [];
        foreach (ColumnPlan plan in _columns.Where(plan => plan.Encoding != ColumnEncoding.Ignored))
        {
            TabularColumn column = data[plan.Name];
            plan.EncodeDense(column, features, DenseCount, dense);
            if (plan.SparseCount > 0)
                categories.Add((sparse, plan.Places(column)));
            dense += plan.DenseFeatures.Count;
            sparse += plan.SparseCount;
        }

        return TabularFeatures.Of(rows, features, DenseCount, SparseCount, categories);
    }

    internal string Write()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (ColumnPlan column in _columns)
                column.Write(json);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <exception cref="InvalidDataException">The text is no plan.</exception>
    internal static TabularPlan Read(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            ColumnPlan[] columns = [.. document.RootElement.EnumerateArray().Select(ColumnPlan.Read)];
            return columns.DistinctBy(column => column.Name).Count() == columns.Length ? new(columns) : throw new InvalidDataException("two columns have the same name");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or OverflowException)
        {
            throw MessageText.Malformed("the plan of the columns cannot be understood", exception);
        }
    }

    private TabularPlan Replace(ColumnPlan changed)
    {
        int place = Array.FindIndex(_columns, column => column.Name == changed.Name);
        if (place < 0)
            throw new ArgumentException($"the plan has no column \"{changed.Name}\"; it has {string.Join(", ", _columns.Select(column => $"\"{column.Name}\""))}");
        ColumnPlan[] columns = [.. _columns];
        columns[place] = changed;
        return new(columns);
    }
}

/// <summary>The features of some samples, without labels or targets: a dense block, and sparse rows beside it where there are any.</summary>
internal sealed class TabularFeatures
{
    private readonly float[] _dense, _values = [];
    private readonly int[] _offsets = [], _columns = [];

    public TabularFeatures(float[] dense, int rows, int columns) => (_dense, Rows, DenseColumns) = (dense, rows, columns);

    private TabularFeatures(float[] dense, int rows, int denseColumns, int[] offsets, int[] columns, int sparseColumns)
        : this(dense, rows, denseColumns)
    {
        (_offsets, _columns, SparseColumns) = (offsets, columns, sparseColumns);
        _values = new float[columns.Length];
        Array.Fill(_values, 1);
    }

    public int Rows { get; }

    public int DenseColumns { get; }

    public int SparseColumns { get; }

    public int Columns => checked(DenseColumns + SparseColumns);

    /// <summary>How many features of a sample are not zero for sure: what the variance of a unit's sum goes by.</summary>
    public int ActiveColumns => Rows == 0 ? DenseColumns : DenseColumns + (_columns.Length + Rows - 1) / Rows;

    /// <summary>[rows, features]; of samples without sparse features.</summary>
    public ReadOnlySpan<float> Dense => _dense;

    public static TabularFeatures Of(int rows, float[] dense, int denseColumns, int sparseColumns, List<(int Start, int[] Places)> categories)
    {
        if (sparseColumns == 0)
            return new(dense, rows, denseColumns);
        var offsets = new int[rows + 1];
        for (int row = 0; row < rows; row++)
            offsets[row + 1] = checked(offsets[row] + categories.Count(category => category.Places[row] >= 0));
        var columns = new int[offsets[^1]];
        for (int row = 0, next = 0; row < rows; row++)
        {
            foreach ((int start, int[] places) in categories)
            {
                if (places[row] >= 0)
                    columns[next++] = start + places[row];
            }
        }

        return new(dense, rows, denseColumns, offsets, columns, sparseColumns);
    }

    public Dataset WithLabels(int[] labels, int classCount) => SparseColumns > 0
        ? Dataset.FromSparse(_offsets, _columns, _values, SparseColumns, labels, classCount, _dense)
        : Dataset.FromArrays(_dense, [DenseColumns], labels, classCount);

    public Dataset WithTargets(float[] targets, int targetLength) => SparseColumns > 0
        ? Dataset.FromSparse(_offsets, _columns, _values, SparseColumns, targets, targetLength, _dense)
        : Dataset.FromTargets(_dense, [DenseColumns], targets, targetLength);
}
