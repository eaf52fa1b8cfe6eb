using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>The samples of an svmlight file: sparse features, with one number or a set of labels for each sample.</summary>
public sealed class SvmLightData
{
    private readonly int[] _offsets, _columns;
    private readonly float[] _values;
    private readonly double[] _labels;
    private readonly int[] _labelOffsets;
    private readonly long[] _queryIds;

    internal SvmLightData(int[] offsets, int[] columns, float[] values, int columnCount, double[] labels, int[] labelOffsets, long[] queryIds, bool isZeroBased)
    {
        (_offsets, _columns, _values, _labels, _labelOffsets, _queryIds) = (offsets, columns, values, labels, labelOffsets, queryIds);
        (ColumnCount, IsZeroBased) = (columnCount, isZeroBased);
    }

    /// <summary>The number of samples.</summary>
    public int Count => _offsets.Length - 1;

    /// <summary>The number of columns.</summary>
    public int ColumnCount { get; }

    /// <summary>Whether the file counts columns from 0.</summary>
    public bool IsZeroBased { get; }

    /// <summary>The features of all samples, with columns counted from 0: [Count, ColumnCount].</summary>
    public SparseRowsView Features => SparseRowsView.OfChecked(_offsets, _columns, _values, ColumnCount);

    /// <summary>The query of each sample, for ranking; empty if the file has no queries.</summary>
    public ReadOnlySpan<long> QueryIds => _queryIds;

    /// <summary>The label of each sample; if samples have sets of labels, all labels in sequence.</summary>
    public ReadOnlySpan<double> Labels => _labels;

    /// <summary>The distinct labels in ascending order: the default classes of <see cref="ToClasses"/>.</summary>
    public IReadOnlyList<double> DistinctLabels => field ??= [.. _labels.Distinct().Order()];

    /// <summary>Returns the labels of one sample.</summary>
    /// <param name="index">The sample, 0 to <c>Count − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of range.</exception>
    public ReadOnlySpan<double> GetLabels(int index)
    {
        if ((uint)index >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"there are {Count} samples");
        return _labelOffsets.Length == 0 ? _labels.AsSpan(index, 1) : _labels.AsSpan(_labelOffsets[index].._labelOffsets[index + 1]);
    }

    /// <summary>Returns the samples with class labels. The features are not copied.</summary>
    /// <param name="classes">The label of each class; <see cref="DistinctLabels"/> if null. Pass the classes of the training file for a test file.</param>
    /// <exception cref="ArgumentException">A sample has an unknown label or a set of labels, or there are no samples.</exception>
    public Dataset ToClasses(IReadOnlyList<double>? classes = null)
    {
        ThrowIfSets();
        classes ??= DistinctLabels;
        return Dataset.FromSparse(_offsets, _columns, _values, ColumnCount, ClassesOf(_labels, classes), classes.Count);
    }

    /// <summary>Returns the class of each label.</summary>
    /// <exception cref="ArgumentException">A label is not among the classes, or two classes are the same.</exception>
    internal static int[] ClassesOf(IReadOnlyList<double> values, IReadOnlyList<double> classes)
    {
        Dictionary<double, int> numbers = new(classes.Count);
        for (int i = 0; i < classes.Count; i++)
        {
            if (!numbers.TryAdd(classes[i], i))
                throw new ArgumentException($"the label {Text(classes[i])} occurs twice", nameof(classes));
        }

        var labels = new int[values.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            if (!numbers.TryGetValue(values[i], out labels[i]))
                throw new ArgumentException($"sample {i} has the label {Text(values[i])}, but the classes are {string.Join(", ", classes.Select(Text))}", nameof(classes));
        }

        return labels;
    }

    /// <summary>Returns the samples with their labels as targets, for regression. The features are not copied.</summary>
    /// <exception cref="ArgumentException">Samples have sets of labels.</exception>
    public Dataset ToTargets()
    {
        ThrowIfSets();
        return Dataset.FromSparse(_offsets, _columns, _values, ColumnCount, Array.ConvertAll(_labels, label => (float)label), 1);
    }

    /// <summary>Returns the samples with dense targets: 1 for each label of the sample, 0 for all other labels. The features are not copied.</summary>
    /// <param name="labelCount">The number of labels, which are 0 to <c>labelCount − 1</c>.</param>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="labelCount"/> is not positive.</exception>
    public Dataset ToMultiLabel(int labelCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(labelCount);
        var targets = new float[checked(Count * labelCount)];
        for (int i = 0; i < Count; i++)
        {
            foreach (double label in GetLabels(i))
            {
                if (!(label >= 0 && label < labelCount) || label != Math.Floor(label))
                    throw new ArgumentException($"sample {i} has the label {Text(label)}; labels must be 0 to {labelCount - 1}", nameof(labelCount));
                targets[i * labelCount + (int)label] = 1;
            }
        }

        return Dataset.FromSparse(_offsets, _columns, _values, ColumnCount, targets, labelCount);
    }

    private void ThrowIfSets()
    {
        if (_labelOffsets.Length > 0)
            throw new ArgumentException($"samples have sets of labels; use {nameof(ToMultiLabel)}");
    }

    private static string Text(double label) => label.ToString(CultureInfo.InvariantCulture);
}
