namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Cuts the columns of sparse rows into ranges that hold about the same number of stored elements, by a sample of these. Columns that never occur then
/// cost no worker's time.
/// </summary>
/// <remarks>Assumes: the places lie in memory that outlives the product.</remarks>
internal unsafe struct ColumnCuts
{
    /// <summary>Elements in the sample.</summary>
    public const int SampleSize = 128;

    private int* _sample;
    private int _count;
    private int _columns;

    /// <param name="rows">The rows.</param>
    /// <param name="sample">Room for <see cref="SampleSize"/> places.</param>
    public static ColumnCuts Of(SparseRowsView rows, int* sample)
    {
        int stored = rows.StoredCount, count = Math.Min(stored, SampleSize);
        ReadOnlySpan<int> columns = rows.AllColumns;
        // Places at equal distances would fall on the same place of each row where all rows are equally long.
        const double GoldenRatio = 0.6180339887498949;
        for (int i = 0; i < count; i++)
        {
            double shift = i * GoldenRatio;
            sample[i] = columns[rows.Offsets[0] + (int)((i + shift - Math.Floor(shift)) * stored / count)];
        }

        new Span<int>(sample, count).Sort();
        return new() { _sample = sample, _count = count, _columns = rows.Columns };
    }

    /// <summary>The first column of a range.</summary>
    /// <param name="part">The number of the range; the number of ranges gives the end.</param>
    /// <param name="parts">The number of ranges.</param>
    public readonly int At(int part, int parts)
    {
        if (part == 0)
            return 0;
        if (part == parts)
            return _columns;
        return _count == 0 ? (int)((long)_columns * part / parts) : _sample[(long)_count * part / parts];
    }
}
