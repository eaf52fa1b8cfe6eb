using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>
/// Numbers in a shape: it owns contiguous memory in row-major order (the last dimension runs fastest).
/// The element at <c>[i, j, k]</c> of shape <c>[a, b, c]</c> is <c>Span[(i·b + j)·c + k]</c>.
/// </summary>
public sealed class Tensor
{
    private readonly float[] _values;

    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">Its shape.</param>
    public Tensor(Shape shape)
        : this(shape, new float[shape.ElementCount])
    {
    }

    /// <summary>A tensor over an array, which it takes over without a copy.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Its elements in row-major order: <c>shape.ElementCount</c> of them.</param>
    /// <exception cref="ArgumentException">The array's length is not the shape's.</exception>
    public Tensor(Shape shape, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != shape.ElementCount)
            throw new ArgumentException($"shape {shape} has {shape.ElementCount} elements, got {values.Length} values", nameof(values));
        Shape = shape;
        _values = values;
    }

    /// <summary>The sizes along each dimension.</summary>
    public Shape Shape { get; }

    /// <summary>The number of elements.</summary>
    public int Length => _values.Length;

    /// <summary>All elements in row-major order.</summary>
    public Span<float> Span => _values;

    /// <summary>
    /// The tensor as a matrix: the first dimension becomes the rows, all others together the columns,
    /// so that a batch <c>[batch, 28, 28, 1]</c> is seen as <c>[batch, 784]</c>.
    /// A scalar is 1×1 and a vector <c>[n]</c> is n×1.
    /// </summary>
    public MatrixView AsMatrix()
    {
        int rows = Shape.Rank == 0 ? 1 : Shape[0];
        int columns = 1;
        for (int dimension = 1; dimension < Shape.Rank; dimension++)
            columns *= Shape[dimension];
        return new MatrixView(_values, rows, columns);
    }

    /// <summary>The same memory as the tensor type of the base class library, for its operations.</summary>
    public TensorSpan<float> AsTensorSpan()
    {
        Span<nint> lengths = stackalloc nint[Shape.Rank];
        for (int dimension = 0; dimension < lengths.Length; dimension++)
            lengths[dimension] = Shape[dimension];
        return new TensorSpan<float>(_values.AsSpan(), lengths);
    }

    /// <summary>A copy of a tensor of the base class library, whatever its strides.</summary>
    /// <param name="source">The tensor to copy.</param>
    /// <exception cref="OverflowException">A dimension does not fit an <see cref="int"/>.</exception>
    public static Tensor FromTensorSpan(in ReadOnlyTensorSpan<float> source)
    {
        var dimensions = new int[source.Rank];
        for (int dimension = 0; dimension < dimensions.Length; dimension++)
            dimensions[dimension] = checked((int)source.Lengths[dimension]);
        var tensor = new Tensor(Shape.Create(dimensions));
        source.FlattenTo(tensor._values);
        return tensor;
    }

    /// <summary>The shape, for debuggers and messages.</summary>
    public override string ToString() => $"Tensor {Shape}";
}
