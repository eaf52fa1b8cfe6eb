using System.Runtime.InteropServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Samples in a matrix of the caller's, with labels or else dense targets.</summary>
internal readonly ref struct MatrixBatch(
    ReadOnlyMatrixView inputs, ReadOnlySpan<int> labels, ReadOnlyMatrixView targets, bool hasLabels, ReadOnlySpan<float> weights) : IBatch
{
    private readonly ReadOnlyMatrixView _inputs = inputs;
    private readonly ReadOnlySpan<int> _labels = labels;
    private readonly ReadOnlyMatrixView _targets = targets;
    private readonly ReadOnlySpan<float> _weights = weights;

    public int Count => _inputs.Rows;

    public bool HasLabels { get; } = hasLabels;

    public bool HasWeights => !_weights.IsEmpty;

    public ReadOnlySpan<float> Load(Section rows, BlockBuffers buffers, Engine engine)
    {
        if (HasLabels)
            _labels.Slice(rows.Start, rows.Count).CopyTo(buffers.Labels);
        else
            Copy(_targets.SliceRows(rows.Start, rows.Count), buffers.Targets);
        if (HasWeights)
            _weights.Slice(rows.Start, rows.Count).CopyTo(buffers.Weights);

        ReadOnlyMatrixView block = _inputs.SliceRows(rows.Start, rows.Count);
        if (block.ColumnStride == 1 && block.RowStride == block.Columns)
            return MemoryMarshal.CreateReadOnlySpan(in block[0, 0], rows.Count * block.Columns);
        Copy(block, buffers.Inputs);
        return buffers.Inputs[..(rows.Count * block.Columns)];
    }

    private static void Copy(ReadOnlyMatrixView source, Span<float> destination)
    {
        for (int row = 0; row < source.Rows; row++)
        {
            for (int column = 0; column < source.Columns; column++)
                destination[row * source.Columns + column] = source[row, column];
        }
    }
}
