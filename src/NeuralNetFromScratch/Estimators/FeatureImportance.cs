using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>The permutation importance of a feature (Breiman 2001): the decrease of the score when its values are shuffled among the samples.</summary>
public sealed class FeatureImportance
{
    internal FeatureImportance(string name, double[] drops)
    {
        Name = name;
        Mean = PortableMath.Mean(drops);
        StandardDeviation = Math.Sqrt(PortableMath.Mean([.. drops.Select(drop => (drop - Mean) * (drop - Mean))]));
    }

    /// <summary>The name of the column, or the index of the feature.</summary>
    public string Name { get; }

    /// <summary>The mean decrease of the score over the repetitions.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation of the decrease over the repetitions.</summary>
    public double StandardDeviation { get; }

    /// <summary>Returns the name, the mean and the standard deviation, for example <c>age 0.1230 ± 0.0045</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MessageText.Of(Name)} {Mean:F4} ± {StandardDeviation:F4}");

    /// <summary>Computes the importance of each feature, the largest first.</summary>
    /// <param name="names">The names of the features.</param>
    /// <param name="rows">The number of samples.</param>
    /// <param name="repeats">The number of times each feature is shuffled.</param>
    /// <param name="seed">The seed of the shuffling.</param>
    /// <param name="score">Computes the score with the values of a feature in a given order; with the original order for a negative feature.</param>
    internal static IReadOnlyList<FeatureImportance> Measure(IReadOnlyList<string> names, int rows, int repeats, ulong seed, Func<int, int[], double> score)
    {
        Guard.Positive(repeats, nameof(repeats));
        int[] order = [.. Enumerable.Range(0, rows)];
        double whole = score(-1, order);
        var found = new FeatureImportance[names.Count];
        for (int feature = 0; feature < found.Length; feature++)
        {
            var drops = new double[repeats];
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                for (int i = 0; i < rows; i++)
                    order[i] = i;
                new RandomSource(seed).Fork((ulong)feature).Fork((ulong)repeat).Shuffle(order);
                drops[repeat] = whole - score(feature, order);
            }

            found[feature] = new(names[feature], drops);
        }

        return [.. found.OrderByDescending(importance => importance.Mean)];
    }
}

/// <summary>Features of samples with one feature at a time in another order.</summary>
internal sealed class ShuffledFeatures
{
    private readonly float[] _values, _shuffled;
    private readonly int _rows, _columns;
    private int _last = -1;

    public ShuffledFeatures(ReadOnlyMatrixView features)
    {
        _values = features.ToArray();
        _shuffled = [.. _values];
        (_rows, _columns) = (features.Rows, features.Columns);
    }

    public string[] Names => [.. Enumerable.Range(0, _columns).Select(column => column.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Returns all features, with one of them in a given order.</summary>
    public ReadOnlyMatrixView Take(int feature, int[] order)
    {
        for (int row = 0; _last >= 0 && row < _rows; row++)
            _shuffled[row * _columns + _last] = _values[row * _columns + _last];
        for (int row = 0; feature >= 0 && row < _rows; row++)
            _shuffled[row * _columns + feature] = _values[order[row] * _columns + feature];
        _last = feature;
        return new(_shuffled, _rows, _columns);
    }
}
