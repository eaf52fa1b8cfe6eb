using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>A confusion matrix: how often samples of each class were predicted as each class.</summary>
public sealed class ConfusionMatrix
{
    /// <summary>[classes, classes + 1]; the last column counts samples without a prediction.</summary>
    private readonly int[] _counts;

    internal ConfusionMatrix(int classes)
    {
        ClassCount = classes;
        _counts = new int[checked(classes * (classes + 1))];
    }

    /// <summary>The number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>The names of the classes in their order; empty if they are not known.</summary>
    public IReadOnlyList<string> ClassNames { get; internal set; } = [];

    /// <summary>Gets the number of samples of class <paramref name="actual"/> that were predicted as <paramref name="predicted"/>.</summary>
    /// <param name="actual">The class, 0 to <c>ClassCount − 1</c>.</param>
    /// <param name="predicted">The predicted class, 0 to <c>ClassCount − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A class is out of range.</exception>
    public int this[int actual, int predicted] => _counts[Row(actual) + Checked(predicted)];

    /// <summary>Creates a confusion matrix from predictions.</summary>
    /// <param name="actual">The classes: [samples].</param>
    /// <param name="predicted">The predicted classes: [samples]; −1 for a sample without a prediction, for example if its outputs are NaN.</param>
    /// <param name="classes">The number of classes; positive.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is not positive, or a class is out of range.</exception>
    public static ConfusionMatrix FromPredictions(ReadOnlySpan<int> actual, ReadOnlySpan<int> predicted, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (actual.Length != predicted.Length)
            throw new ArgumentException($"expected {actual.Length} predictions, one for each class, got {predicted.Length}", nameof(predicted));
        var matrix = new ConfusionMatrix(classes);
        for (int i = 0; i < actual.Length; i++)
            matrix._counts[matrix.Row(actual[i]) + (predicted[i] == -1 ? classes : matrix.Checked(predicted[i]))]++;
        return matrix;
    }

    /// <summary>The number of samples.</summary>
    public int Count => _counts.Sum();

    /// <summary>The number of samples without a prediction, for example because their outputs are NaN. They count as wrong.</summary>
    public int UnpredictedCount => Enumerable.Range(0, ClassCount).Sum(Unpredicted);

    /// <summary>The fraction of the samples that were predicted correctly, 0 to 1; 0 if there are no samples.</summary>
    public double Accuracy => Ratio(Correct, Count);

    private int Correct => Enumerable.Range(0, ClassCount).Sum(classIndex => this[classIndex, classIndex]);

    /// <summary>Returns the number of samples of a class.</summary>
    /// <param name="classIndex">The class, 0 to <c>ClassCount − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The class is out of range.</exception>
    public int Support(int classIndex) => Enumerable.Range(0, ClassCount).Sum(predicted => this[classIndex, predicted]) + Unpredicted(classIndex);

    /// <summary>
    /// Computes the precision of a class: the fraction of the samples predicted as the class that belong to it; 0 if there are none.
    /// </summary>
    /// <param name="classIndex">The class, 0 to <c>ClassCount − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The class is out of range.</exception>
    public double Precision(int classIndex) =>
        Ratio(this[classIndex, classIndex], Enumerable.Range(0, ClassCount).Sum(actual => this[actual, classIndex]));

    /// <summary>Computes the recall of a class: the fraction of the samples of the class that are predicted as it; 0 if there are none.</summary>
    /// <param name="classIndex">The class, 0 to <c>ClassCount − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The class is out of range.</exception>
    public double Recall(int classIndex) => Ratio(this[classIndex, classIndex], Support(classIndex));

    /// <summary>Computes the F1 score of a class: the harmonic mean of precision and recall; 0 if both are 0.</summary>
    /// <param name="classIndex">The class, 0 to <c>ClassCount − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The class is out of range.</exception>
    public double F1(int classIndex) => Ratio(2 * Precision(classIndex) * Recall(classIndex), Precision(classIndex) + Recall(classIndex));

    /// <summary>Computes the precision over all classes.</summary>
    /// <param name="averaging">The averaging: macro, weighted or micro.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="averaging"/> is binary or not defined in the enumeration.</exception>
    public double Precision(ClassAveraging averaging) =>
        averaging == ClassAveraging.Micro ? Ratio(Correct, Count - UnpredictedCount) : Average(averaging, Precision);

    /// <summary>Computes the recall over all classes.</summary>
    /// <param name="averaging">The averaging: macro, weighted or micro.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="averaging"/> is binary or not defined in the enumeration.</exception>
    public double Recall(ClassAveraging averaging) => averaging == ClassAveraging.Micro ? Accuracy : Average(averaging, Recall);

    /// <summary>Computes the F1 score over all classes.</summary>
    /// <param name="averaging">The averaging: macro, weighted or micro.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="averaging"/> is binary or not defined in the enumeration.</exception>
    public double F1(ClassAveraging averaging) =>
        averaging == ClassAveraging.Micro ? Ratio(2.0 * Correct, 2.0 * Count - UnpredictedCount) : Average(averaging, F1);

    /// <summary>Returns the matrix as text of at most 80 columns: a table if it fits, otherwise the most frequent confusions.</summary>
    public override string ToString() => ConfusionText.Of(this);

    /// <summary>Creates a matrix from counts [classes, classes + 1].</summary>
    internal static ConfusionMatrix FromCounts(ReadOnlySpan<long> counts, int classes)
    {
        var matrix = new ConfusionMatrix(classes);
        for (int i = 0; i < counts.Length; i++)
            matrix._counts[i] = checked((int)counts[i]);
        return matrix;
    }

    /// <summary>Returns the number of samples of a class without a prediction.</summary>
    internal int Unpredicted(int actual) => _counts[Row(actual) + ClassCount];

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;

    private double Average(ClassAveraging averaging, Func<int, double> figure) => averaging switch
    {
        ClassAveraging.Macro => PortableMath.Mean([.. Enumerable.Range(0, ClassCount).Select(figure)]),
        ClassAveraging.Weighted => Ratio(PortableMath.Sum([.. Enumerable.Range(0, ClassCount).Select(classIndex => Support(classIndex) * figure(classIndex))]), Count),
        _ => throw new ArgumentOutOfRangeException(nameof(averaging), averaging, "must be Macro, Weighted or Micro; use the overload with a class index for the value of one class"),
    };

    private int Row(int actual) => Checked(actual) * (ClassCount + 1);

    private int Checked(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ClassCount);
        return index;
    }
}

/// <summary>
/// A metric that computes a <see cref="ConfusionMatrix"/> as <see cref="MetricResult.ConfusionMatrix"/>. Its value is the accuracy. A single
/// sigmoid output has two classes, no and yes. The size of the state is the square of the number of classes.
/// </summary>
public sealed class ConfusionMatrixMetric : SumMetric, IPart<ConfusionMatrixMetric>
{
    /// <summary>Creates a confusion matrix metric.</summary>
    public ConfusionMatrixMetric()
        : this(new Settings(Kind))
    {
    }

    private ConfusionMatrixMetric(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "confusion-matrix";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public static ConfusionMatrixMetric Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(MetricTask task)
    {
        if (!task.IsSingleLabel && !(task.IsMultiLabel && task.OutputCount == 1))
            throw Undefined(task, task.IsMultiLabel ? "the labels are not exclusive" : "a regression has no classes");
        if ((long)task.OutputCount * (task.OutputCount + 1) > Array.MaxLength)
            throw Undefined(task, "the number of classes is too large for a matrix");
    }

    /// <inheritdoc/>
    public override (int Counts, int Sums) Sizes(MetricTask task) => (Classes(task) * (Classes(task) + 1), 0);

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch, Span<long> counts, Span<double> sums)
    {
        int classes = Classes(batch.Task);
        for (int row = 0; row < batch.Rows; row++)
        {
            (int actual, int predicted) = (batch.ClassOf(row), Argmax.Of(batch.Outputs.Row(row)));
            if (batch.Task.IsMultiLabel)
            {
                float output = batch.Outputs[row, 0];
                (actual, predicted) = (batch.Targets[row, 0] > 0.5f ? 1 : 0, float.IsNaN(output) ? -1 : output > batch.Threshold ? 1 : 0);
            }

            // Targets that are all NaN belong to no class.
            if (actual >= 0)
                counts[actual * (classes + 1) + (predicted < 0 ? classes : predicted)]++;
        }
    }

    /// <inheritdoc/>
    public override MetricResult Compute(MetricTask task, ReadOnlySpan<long> counts, ReadOnlySpan<double> sums)
    {
        var matrix = ConfusionMatrix.FromCounts(counts, Classes(task));
        return new(matrix.Accuracy) { ConfusionMatrix = matrix };
    }

    private static int Classes(MetricTask task) => task.IsMultiLabel ? 2 : task.OutputCount;
}

/// <summary>Formats a confusion matrix.</summary>
internal static class ConfusionText
{
    private const int MostConfusions = 10;

    public static string Of(ConfusionMatrix matrix)
    {
        string[][] cells = Cells(matrix);
        string[] heads = ["", .. Enumerable.Range(0, matrix.ClassCount).Select(actual => Name(matrix, actual))];
        int head = heads.Max(name => name.Length), cell = cells.Max(row => row.Max(text => text.Length)), columns = cells[0].Length;
        for (int gap = 2; gap > 0; gap--)
        {
            if (head + columns * (gap + cell) <= TextTable.MostColumns)
                return Table(heads, cells, head, gap + cell);
        }

        return Confusions(matrix);
    }

    private static string[][] Cells(ConfusionMatrix matrix)
    {
        bool hasUnpredicted = matrix.UnpredictedCount > 0;
        return
        [
            [.. Enumerable.Range(0, matrix.ClassCount).Select(Number), .. hasUnpredicted ? ["none"] : (string[])[]],
            .. Enumerable.Range(0, matrix.ClassCount).Select(actual => (string[])
            [
                .. Enumerable.Range(0, matrix.ClassCount).Select(predicted => Count(matrix[actual, predicted])),
                .. hasUnpredicted ? [Count(matrix.Unpredicted(actual))] : (string[])[],
            ]),
        ];

        static string Count(int count) => count == 0 ? "·" : Number(count);
    }

    private static string Table(string[] heads, string[][] cells, int head, int width)
    {
        var text = new StringBuilder("rows: actual class, columns: predicted class\n");
        for (int row = 0; row < cells.Length; row++)
        {
            text.Append(heads[row].PadRight(head));
            foreach (string cell in cells[row])
                text.Append(cell.PadLeft(width));
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Returns the most frequent confusions; equally frequent ones are in the order of the classes.</summary>
    private static string Confusions(ConfusionMatrix matrix)
    {
        (int Actual, int Predicted, int Count)[] all =
        [
            .. Enumerable.Range(0, matrix.ClassCount)
                .SelectMany(actual => Enumerable.Range(0, matrix.ClassCount).Select(predicted => (actual, predicted, matrix[actual, predicted])))
                .Where(entry => entry.actual != entry.predicted && entry.Item3 > 0),
        ];
        string unpredicted = matrix.UnpredictedCount == 0 ? "" : $", {FigureText.Count(matrix.UnpredictedCount)} without a prediction";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{FigureText.Count(matrix.Count)} samples of {matrix.ClassCount} classes, {FigureText.Count(all.Sum(entry => (long)entry.Count))} confused{unpredicted}\n");
        if (all.Length == 0)
            return text.ToString();
        string[][] rows =
        [
            ["count", "actual", "predicted"],
            .. all.OrderByDescending(entry => entry.Count).Take(MostConfusions)
                .Select(entry => (string[])[Number(entry.Count), Name(matrix, entry.Actual), Name(matrix, entry.Predicted)]),
        ];
        int width = rows.Max(row => row[0].Length);
        text.Append(TextTable.Of([.. rows.Select(row => (string[])[row[0].PadLeft(width), row[1], row[2]])]));
        if (all.Length > MostConfusions)
            text.Append(CultureInfo.InvariantCulture, $"and {FigureText.Count(all.Length - MostConfusions)} other pairs\n");
        return text.ToString();
    }

    /// <summary>Returns the number of a class, and its name if it has one.</summary>
    private static string Name(ConfusionMatrix matrix, int index)
    {
        if (matrix.ClassNames.Count == 0 || matrix.ClassNames[index] == Number(index))
            return Number(index);
        return $"{Number(index)} {TextTable.Cell(matrix.ClassNames[index])}";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
