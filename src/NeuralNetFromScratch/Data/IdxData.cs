using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch;

/// <summary>The contents of an IDX file of bytes.</summary>
public sealed class IdxData
{
    internal IdxData(Shape shape, byte[] values)
    {
        Shape = shape;
        Values = values;
    }

    /// <summary>The sizes: <c>[60000, 28, 28]</c> for MNIST's training images.</summary>
    public Shape Shape { get; }

    /// <summary>The elements in row-major order.</summary>
    [SuppressMessage("Performance", "CA1819", Justification = "Handed over without a copy, for data sets to keep.")]
    public byte[] Values { get; }
}
