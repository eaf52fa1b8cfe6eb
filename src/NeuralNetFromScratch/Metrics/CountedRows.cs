namespace NeuralNetFromScratch;

/// <summary>Leaves out the samples whose label is ignored, so that metrics see the others alone.</summary>
internal sealed class CountedRows
{
    private float[] _outputs = [], _probabilities = [];
    private int[] _labels = [];

    /// <summary>The samples of a batch whose label is not ignored, one after another in memory that the next call writes again.</summary>
    public MetricBatch Of(MetricBatch batch, int ignored)
    {
        int columns = batch.Outputs.Columns, count = 0;
        bool hasProbabilities = batch.Probabilities.Rows > 0;
        if (_labels.Length < batch.Rows)
            (_labels, _outputs, _probabilities) = (new int[batch.Rows], new float[batch.Rows * columns], new float[batch.Rows * columns]);
        for (int row = 0; row < batch.Rows; row++)
        {
            if (batch.Labels[row] == ignored)
                continue;
            batch.Outputs.Row(row).CopyTo(_outputs.AsSpan(count * columns, columns));
            if (hasProbabilities)
                batch.Probabilities.Row(row).CopyTo(_probabilities.AsSpan(count * columns, columns));
            _labels[count++] = batch.Labels[row];
        }

        return new(
            batch.Task,
            new(_outputs.AsSpan(0, count * columns), count, columns),
            hasProbabilities ? new(_probabilities.AsSpan(0, count * columns), count, columns) : default,
            _labels.AsSpan(0, count),
            default,
            batch.IsActivated);
    }

    /// <summary>Writes 1 for each sample that counts, 0 for each other.</summary>
    public static void Mark(ReadOnlySpan<int> labels, int ignored, Span<float> marks)
    {
        for (int row = 0; row < labels.Length; row++)
            marks[row] = labels[row] == ignored ? 0 : 1;
    }

    /// <summary>The numbers of the samples that count.</summary>
    /// <param name="scores">The numbers of all samples, one sample after another.</param>
    /// <param name="length">How many a sample has.</param>
    /// <param name="marks">What <see cref="Mark"/> wrote.</param>
    public static float[] Select(ReadOnlySpan<float> scores, int length, ReadOnlySpan<float> marks)
    {
        var selected = new float[length * (marks.Length - marks.Count(0f))];
        int place = 0;
        for (int sample = 0; sample < marks.Length; sample++)
        {
            if (marks[sample] == 0)
                continue;
            scores.Slice(sample * length, length).CopyTo(selected.AsSpan(place));
            place += length;
        }

        return selected;
    }
}
