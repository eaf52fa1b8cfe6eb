namespace NeuralNetFromScratch;

/// <summary>How often samples of each class were taken for each class.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[] _counts;

    internal ConfusionMatrix(int classes)
    {
        Classes = classes;
        _counts = new int[classes * classes];
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>Samples of class <paramref name="actual"/> that were predicted as <paramref name="predicted"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public int this[int actual, int predicted]
    {
        get => _counts[Index(actual, predicted)];
        internal set => _counts[Index(actual, predicted)] = value;
    }

    /// <summary>Counts predictions.</summary>
    /// <param name="actual">The classes.</param>
    /// <param name="predicted">The predicted classes, as many; −1 is no prediction and is not counted.</param>
    /// <param name="classes">The number of classes; positive.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public static ConfusionMatrix Of(ReadOnlySpan<int> actual, ReadOnlySpan<int> predicted, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (actual.Length != predicted.Length)
            throw new ArgumentException($"expected {actual.Length} predictions, one for each class, got {predicted.Length}", nameof(predicted));
        var matrix = new ConfusionMatrix(classes);
        for (int i = 0; i < actual.Length; i++)
        {
            if (predicted[i] != -1)
                matrix[actual[i], predicted[i]]++;
        }

        return matrix;
    }

    /// <summary>Number of samples.</summary>
    public int Count => _counts.Sum();

    /// <summary>Share of the samples that were predicted correctly; 0 of none.</summary>
    public double Accuracy => Ratio(Enumerable.Range(0, Classes).Sum(label => this[label, label]), Count);

    /// <summary>Number of samples of a class.</summary>
    /// <param name="label">The class.</param>
    public int Support(int label) => Enumerable.Range(0, Classes).Sum(predicted => this[label, predicted]);

    /// <summary>Of the samples predicted as a class, the share that are of it; 0 where there are none.</summary>
    /// <param name="label">The class.</param>
    public double Precision(int label) => Ratio(this[label, label], Enumerable.Range(0, Classes).Sum(actual => this[actual, label]));

    /// <summary>Of the samples of a class, the share predicted as it; 0 where there are none.</summary>
    /// <param name="label">The class.</param>
    public double Recall(int label) => Ratio(this[label, label], Support(label));

    /// <summary>The harmonic mean of precision and recall of a class; 0 where both are.</summary>
    /// <param name="label">The class.</param>
    public double F1(int label) => Ratio(2 * Precision(label) * Recall(label), Precision(label) + Recall(label));

    /// <summary>Precision over all classes.</summary>
    /// <param name="averaging">How classes count.</param>
    public double Precision(Averaging averaging) => Average(averaging, Precision);

    /// <summary>Recall over all classes.</summary>
    /// <param name="averaging">How classes count.</param>
    public double Recall(Averaging averaging) => Average(averaging, Recall);

    /// <summary>F1 over all classes.</summary>
    /// <param name="averaging">How classes count.</param>
    public double F1(Averaging averaging) => Average(averaging, F1);

    internal void Add(ConfusionMatrix other)
    {
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;

    private double Average(Averaging averaging, Func<int, double> figure) => averaging switch
    {
        Averaging.Macro => Enumerable.Range(0, Classes).Average(figure),
        Averaging.Weighted => Ratio(Enumerable.Range(0, Classes).Sum(label => Support(label) * figure(label)), Count),
        // Over all samples together each wrong prediction is one false alarm and one miss.
        Averaging.Micro => Accuracy,
        _ => throw new ArgumentOutOfRangeException(nameof(averaging), averaging, "unknown averaging"),
    };

    private int Index(int actual, int predicted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(actual);
        ArgumentOutOfRangeException.ThrowIfNegative(predicted);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(actual, Classes);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(predicted, Classes);
        return actual * Classes + predicted;
    }
}
