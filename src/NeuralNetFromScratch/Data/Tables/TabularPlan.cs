using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>Options of <see cref="TabularPlan.Infer"/>.</summary>
public sealed record TabularPlanOptions
{
    private const int RowsPerCount = 1000, LeastMinCount = 2, MostMinCount = 10;

    /// <summary>
    /// How often a text must occur to become a separate category; rarer ones share one category. Positive. Null, the default, is a thousandth of the rows,
    /// limited to two to ten.
    /// </summary>
    public int? MinCategoryCount { get; init; }

    /// <summary>The maximum number of categories of a column. The most frequent texts are kept; the others share one category. Default: 1,000,000; positive.</summary>
    public int MaxCategories { get; init; } = 1_000_000;

    /// <summary>The encodings of some columns, by name; those of other columns are inferred. Default: empty.</summary>
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
/// The encoding of each column of a table as features of a network: numbers, Boolean values and dates as dense features, categories as sparse features after
/// them. The plan is inferred from the training rows and saved with the model, so that rows to predict are encoded in the same way.
/// <see cref="ToString"/> returns it as a table.
/// </summary>
public sealed class TabularPlan
{
    private readonly ColumnPlan[] _columns;

    internal TabularPlan(ColumnPlan[] columns)
    {
        _columns = columns;
        DenseFeatureCount = columns.Sum(column => column.DenseFeatures.Count);
        SparseFeatureCount = columns.Aggregate(0, (sum, column) => checked(sum + column.SparseFeatureCount));
    }

    /// <summary>The columns, in the order of the table.</summary>
    public IReadOnlyList<ColumnPlan> Columns => _columns;

    /// <summary>The number of dense features, which come first.</summary>
    public int DenseFeatureCount { get; }

    /// <summary>The number of sparse features, which come last.</summary>
    public int SparseFeatureCount { get; }

    /// <summary>
    /// Infers a plan from training rows. Numbers are standardized, or converted to quantiles if there are outliers. A missing number becomes the median, and a
    /// second feature is 1. Texts are categories. Columns are ignored if their values are equal in all rows, are consecutive numbers, or are texts that differ in
    /// each row or occur too rarely.
    /// </summary>
    /// <param name="data">The training rows.</param>
    /// <param name="except">The columns that are not features: targets and weights. None if null, the default.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The table has no rows or no such column, or the cells of a column do not fit the encoding in the options.</exception>
    public static TabularPlan Infer(TabularData data, IReadOnlyList<string>? except = null, TabularPlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new();
        options.Validate();
        if (data.RowCount == 0)
            throw new ArgumentException("the table has no rows", nameof(data));
        foreach (string name in except ?? [])
            _ = data.Column(name, nameof(except));
        foreach (string name in options.Encodings.Keys)
            _ = data.Column(name, nameof(options));
        return new(
        [
            .. data.Columns.Where(column => except is null || !except.Contains(column.Name, StringComparer.Ordinal)).Select(column =>
                options.Encodings.TryGetValue(column.Name, out ColumnEncoding encoding) ? PlanSearch.As(column, encoding, options) : PlanSearch.Infer(column, options)),
        ]);
    }

    /// <summary>Returns a plan with another encoding of one column.</summary>
    /// <param name="name">The column.</param>
    /// <param name="encoding">The encoding.</param>
    /// <param name="data">The training rows.</param>
    /// <param name="options">The options that select the categories; null for the defaults.</param>
    /// <exception cref="ArgumentException">The plan or the table has no such column, or its cells do not fit the encoding.</exception>
    public TabularPlan With(string name, ColumnEncoding encoding, TabularData data, TabularPlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Guard.Defined(encoding, nameof(encoding));
        (options ??= new()).Validate();
        return Replace(PlanSearch.As(data[name], encoding, options));
    }

    /// <summary>Returns a plan that ignores some columns. Tables to predict do not need them.</summary>
    /// <param name="names">The names of the columns.</param>
    /// <exception cref="ArgumentException">The plan has no such column.</exception>
    public TabularPlan Ignore(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Aggregate(this, (plan, name) => plan.Replace(new IgnoredPlan(name, null)));
    }

    /// <summary>Encodes the rows of a table as samples with class labels.</summary>
    /// <param name="data">The table, with all columns that are not ignored, in any order.</param>
    /// <param name="labels">The class of each row.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding; the message names the cell.</exception>
    public Dataset ToDataset(TabularData data, int[] labels, int classCount) => Encode(data).WithLabels(labels, classCount);

    /// <summary>Encodes the rows of a table as samples with dense targets.</summary>
    /// <param name="data">The table, with all columns that are not ignored, in any order.</param>
    /// <param name="targets">The targets, row by row: [rows, targetLength].</param>
    /// <param name="targetLength">The number of targets of a row; positive.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding; the message names the cell.</exception>
    public Dataset ToDataset(TabularData data, float[] targets, int targetLength) => Encode(data).WithTargets(targets, targetLength);

    /// <summary>Returns a table of the columns: encoding, number of features, and details.</summary>
    public override string ToString() => TextTable.Of(
    [
        ["column", "encoding", "features", ""],
        .. _columns.Select(column => (string[])
        [
            MessageText.Of(column.Name), ColumnPlan.EncodingName(column.Encoding),
            (column.DenseFeatures.Count + column.SparseFeatureCount).ToString("N0", CultureInfo.InvariantCulture), column.Describe(),
        ]),
    ]);

    internal TabularFeatures Encode(TabularData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (_columns.Length == 0)
            throw new ArgumentException("the table has no column besides the targets", nameof(data));
        if (DenseFeatureCount + SparseFeatureCount == 0)
            throw new ArgumentException($"all columns of the table are ignored: {MessageText.Sentences([.. _columns.Select(column => column.ToString())])}; specify encodings with {nameof(TabularPlanOptions)}.{nameof(TabularPlanOptions.Encodings)}", nameof(data));
        int rows = data.RowCount, dense = 0, sparse = 0;
        var features = new float[Guard.Length(rows, DenseFeatureCount)];
        List<(int Start, int[] Places)> categories = [];
        foreach (ColumnPlan plan in _columns.Where(plan => plan.Encoding != ColumnEncoding.Ignored))
        {
            TabularColumn column = data.Column(plan.Name, nameof(data));
            plan.EncodeDense(column, features, DenseFeatureCount, dense);
            if (plan.SparseFeatureCount > 0)
                categories.Add((sparse, plan.Places(column)));
            dense += plan.DenseFeatures.Count;
            sparse += plan.SparseFeatureCount;
        }

        return TabularFeatures.Of(rows, features, DenseFeatureCount, SparseFeatureCount, categories);
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

    /// <exception cref="InvalidDataException">The text is not a plan.</exception>
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
            throw MessageText.Malformed("the plan of the columns is malformed", exception);
        }
    }

    private TabularPlan Replace(ColumnPlan changed)
    {
        int place = Array.FindIndex(_columns, column => column.Name == changed.Name);
        if (place < 0)
            throw new ArgumentException($"the plan has no column {MessageText.Quote(changed.Name)}; it has {MessageText.Names([.. _columns.Select(column => column.Name)])}");
        ColumnPlan[] columns = [.. _columns];
        columns[place] = changed;
        return new(columns);
    }
}

/// <summary>The features of samples without labels or targets: a dense block and, optionally, sparse rows.</summary>
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

    /// <summary>The number of features of a sample that can be nonzero, which determines the variance of a unit's sum.</summary>
    public int ActiveColumns => Rows == 0 ? DenseColumns : DenseColumns + (_columns.Length + Rows - 1) / Rows;

    /// <summary>The dense features: [rows, features].</summary>
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
