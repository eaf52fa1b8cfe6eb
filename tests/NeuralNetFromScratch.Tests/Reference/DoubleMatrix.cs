namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>A plain matrix in double precision: what the library is compared with.</summary>
internal sealed class DoubleMatrix(int rows, int columns)
{
    private readonly double[] _values = new double[rows * columns];

    public int Rows => rows;

    public int Columns => columns;

    public double this[int row, int column]
    {
        get => _values[row * columns + column];
        set => _values[row * columns + column] = value;
    }

    public DoubleMatrix Transposed => Build(columns, rows, (i, j) => this[j, i]);

    public static DoubleMatrix Build(int rows, int columns, Func<int, int, double> element)
    {
        var matrix = new DoubleMatrix(rows, columns);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                matrix[i, j] = element(i, j);
        }

        return matrix;
    }

    public static DoubleMatrix From(ReadOnlySpan<float> values, int rows, int columns)
    {
        var matrix = new DoubleMatrix(rows, columns);
        for (int i = 0; i < values.Length; i++)
            matrix._values[i] = values[i];
        return matrix;
    }

    public DoubleMatrix Map(Func<double, double> function) => Build(rows, columns, (i, j) => function(this[i, j]));

    public DoubleMatrix Times(DoubleMatrix other) =>
        Build(rows, other.Columns, (i, j) => Enumerable.Range(0, columns).Sum(k => this[i, k] * other[k, j]));

    public DoubleMatrix Combine(DoubleMatrix other, Func<double, double, double> function) =>
        Build(rows, columns, (i, j) => function(this[i, j], other[i, j]));

    /// <summary>The sum of each row, as a column.</summary>
    public DoubleMatrix RowSums() => Build(rows, 1, (i, _) => Enumerable.Range(0, columns).Sum(j => this[i, j]));

    public void AssertClose(ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.That(actual.Length, Is.EqualTo(_values.Length), what);
        for (int i = 0; i < _values.Length; i++)
        {
            double allowed = tolerance * Math.Max(1, Math.Abs(_values[i]));
            if (!(Math.Abs(actual[i] - _values[i]) <= allowed))
                Assert.Fail($"{what}[{i / columns}, {i % columns}]: expected {_values[i]}, got {actual[i]}");
        }
    }
}
