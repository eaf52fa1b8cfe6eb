namespace NeuralNetFromScratch;

/// <summary>
/// A rectangle of the flat parameter buffers: the columns of a weight that one worker owns. The matrix products give a worker the
/// same columns, so that a weight's cache lines stay with one core.
/// </summary>
internal readonly ref struct UpdateRegion
{
    /// <summary>All values, and all gradients.</summary>
    public required Span<float> Values { get; init; }

    public required Span<float> Gradients { get; init; }

    /// <summary>All slots, one after another.</summary>
    public required Span<float> Slots { get; init; }

    /// <summary>Distance from one slot to the next.</summary>
    public required int SlotStride { get; init; }

    /// <summary>The rectangle's first element.</summary>
    public required int Start { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public required int RowStride { get; init; }

    public UpdateBlock Row(int row)
    {
        int start = Start + row * RowStride;
        return new UpdateBlock(Values.Slice(start, Columns), Gradients.Slice(start, Columns), Slots, SlotStride, start);
    }
}
