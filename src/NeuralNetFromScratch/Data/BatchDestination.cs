namespace NeuralNetFromScratch;

/// <summary>
/// Memory for the samples that <see cref="Dataset.Gather"/> writes, one in each row. Labels, targets and weights are written only where there
/// is memory for them.
/// </summary>
/// <param name="features">The features: [rows, features].</param>
public readonly ref struct BatchDestination(MatrixView features)
{
    /// <summary>The number of samples.</summary>
    public int Rows => Features.Rows;

    /// <summary>Receives the features: [rows, features], each row contiguous.</summary>
    public MatrixView Features { get; init; } = features;

    /// <summary>Receives the class labels: [rows]. Empty where they are not wanted.</summary>
    public Span<int> Labels { get; init; }

    /// <summary>Receives the dense targets: [rows, target length], each row contiguous. No rows where they are not wanted.</summary>
    public MatrixView Targets { get; init; }

    /// <summary>Receives the weights: [rows]. Empty where they are not wanted.</summary>
    public Span<float> Weights { get; init; }

    /// <summary>Returns some of the rows, over the same memory.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    public BatchDestination SliceRows(int start, int count) => new(Features.SliceRows(start, count))
    {
        Labels = Labels.IsEmpty ? [] : Labels.Slice(start, count),
        Targets = Targets.Rows == 0 ? default : Targets.SliceRows(start, count),
        Weights = Weights.IsEmpty ? [] : Weights.Slice(start, count),
    };
}
