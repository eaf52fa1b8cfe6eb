namespace NeuralNetFromScratch;

/// <summary>How often samples of each class were taken for each class.</summary>
public sealed class ConfusionMatrix
{
    /// <summary>[classes, classes + 1]: the last column counts samples without a prediction.</summary>
    private readonly int[] _counts;

    internal ConfusionMatrix(int classes)
    {
        Classes = classes;
        _counts = new int[checked(classes * (classes + 1))];
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>What the classes are called, in their order; empty where that is not known.</summary>
    public IReadOnlyList<string> ClassNames { get; internal set; } = [];

    /// <summary>Samples of class <paramref name="actual"/> that were predicted as <paramref name="predicted"/>.</summary>
    /// <param name="actual">The class: 0 to <c>Classes − 1</c>.</param>
    /// <param name="predicted">The predicted class: 0 to <c>Classes − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public int this[int actual, int predicted] => _counts[Row(actual) + Checked(predicted)];

    /// <summary>Counts predictions.</summary>
    /// <param name="actual">The classes.</param>
    /// <param name="predicted">The predicted classes, as many; −1 where there is no prediction, as of outputs that are NaN.</param>
    /// <param name="classes">The number of classes; positive.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
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

    /// <summary>Number of samples.</summary>
    public int Count => _counts.Sum();

    /// <summary>Number of samples without a prediction, as of outputs that are NaN. They count as wrong.</summary>
    public int UnpredictedCount => Enumerable.Range(0, Classes).Sum(Unpredicted);

    /// <summary>Share of the samples that were predicted correctly; 0 of none.</summary>
    public double Accuracy => Ratio(Correct, Count);

    private int Correct => Enumerable.Range(0, Classes).Sum(classIndex => this[classIndex, classIndex]);

    /// <summary>Number of samples of a class.</summary>
    /// <param name="classIndex">The class: 0 to <c>Classes − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public int Support(int classIndex) => Enumerable.Range(0, Classes).Sum(predicted => this[classIndex, predicted]) + Unpredicted(classIndex);

    /// <summary>Of the samples predicted as a class, the share that are of it; 0 where there are none.</summary>
    /// <param name="classIndex">The class: 0 to <c>Classes − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Precision(int classIndex) =>
        Ratio(this[classIndex, classIndex], Enumerable.Range(0, Classes).Sum(actual => this[actual, classIndex]));

    /// <summary>Of the samples of a class, the share predicted as it; 0 where there are none.</summary>
    /// <param name="classIndex">The class: 0 to <c>Classes − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Recall(int classIndex) => Ratio(this[classIndex, classIndex], Support(classIndex));

    /// <summary>The harmonic mean of precision and recall of a class; 0 where both are.</summary>
    /// <param name="classIndex">The class: 0 to <c>Classes − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double F1(int classIndex) => Ratio(2 * Precision(classIndex) * Recall(classIndex), Precision(classIndex) + Recall(classIndex));

    /// <summary>Precision over all classes.</summary>
    /// <param name="averaging">How classes count: macro, weighted or micro.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such averaging of a matrix.</exception>
    public double Precision(ClassAveraging averaging) =>
        averaging == ClassAveraging.Micro ? Ratio(Correct, Count - UnpredictedCount) : Average(averaging, Precision);

    /// <summary>Recall over all classes.</summary>
    /// <param name="averaging">How classes count: macro, weighted or micro.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such averaging of a matrix.</exception>
    public double Recall(ClassAveraging averaging) => averaging == ClassAveraging.Micro ? Accuracy : Average(averaging, Recall);

    /// <summary>F1 over all classes.</summary>
    /// <param name="averaging">How classes count: macro, weighted or micro.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such averaging of a matrix.</exception>
    public double F1(ClassAveraging averaging) =>
        averaging == ClassAveraging.Micro ? Ratio(2.0 * Correct, 2.0 * Count - UnpredictedCount) : Average(averaging, F1);

    /// <summary>The matrix as text of at most 80 columns: a table where it fits, otherwise the most frequent confusions.</summary>
    public override string ToString() => ConfusionText.Of(this);

    /// <summary>The matrix of counts [classes, classes + 1].</summary>
    internal static ConfusionMatrix FromCounts(ReadOnlySpan<long> counts, int classes)
    {
        var matrix = new ConfusionMatrix(classes);
        for (int i = 0; i < counts.Length; i++)
            matrix._counts[i] = checked((int)counts[i]);
        return matrix;
    }

    /// <summary>Samples of a class without a prediction.</summary>
    internal int Unpredicted(int actual) => _counts[Row(actual) + Classes];

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;

    private double Average(ClassAveraging averaging, Func<int, double> figure) => averaging switch
    {
        ClassAveraging.Macro => Enumerable.Range(0, Classes).Average(figure),
        ClassAveraging.Weighted => Ratio(Enumerable.Range(0, Classes).Sum(classIndex => Support(classIndex) * figure(classIndex)), Count),
        _ => throw new ArgumentOutOfRangeException(nameof(averaging), averaging, "must be macro, weighted or micro; name a class for its own figure"),
    };

    private int Row(int actual) => Checked(actual) * (Classes + 1);

    private int Checked(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Classes);
        return index;
    }
}
