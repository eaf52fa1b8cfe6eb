using System.Globalization;
using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>Conversions between the base class library's tensors and matrices.</summary>
public static class TensorViews
{
    /// <summary>
    /// Creates a matrix view of a dense tensor over the same memory. The first dimension becomes the rows; all others together become the
    /// columns. A batch [batch, 28, 28, 1] becomes [batch, 784], and a vector [n] becomes [n, 1].
    /// </summary>
    /// <param name="tensor">The tensor; its elements must be contiguous in row-major order.</param>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">
    /// The tensor is not dense, as slices and transposes usually are not; copy it with <see cref="Tensor{T}.ToDenseTensor"/>.
    /// </exception>
    public static MatrixView AsMatrix(this Tensor<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Shape shape = ShapeOf(tensor, nameof(tensor));
        if (!IsDense(tensor, shape))
            throw NotDense(shape, nameof(tensor));
        (int rows, int columns) = Sizes(shape);
        Span<float> values = [];
        if (shape.ElementCount > 0 && !tensor.TryGetSpan(stackalloc nint[shape.Rank], shape.ElementCount, out values))
        {
            TensorSpan<float> squeezed = Tensor.Squeeze(tensor.AsTensorSpan());
            values = squeezed.GetSpan(stackalloc nint[squeezed.Rank], shape.ElementCount);
        }

        return new MatrixView(values, rows, columns);
    }

    /// <summary>Creates a read-only matrix view of a dense tensor, as <see cref="AsMatrix(Tensor{float})"/> does.</summary>
    /// <param name="tensor">The tensor; its elements must be contiguous in row-major order.</param>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">The tensor is not dense.</exception>
    public static ReadOnlyMatrixView AsMatrix(this in ReadOnlyTensorSpan<float> tensor)
    {
        Shape shape = ShapeOf(tensor, nameof(tensor));
        if (!IsDense(tensor, shape))
            throw NotDense(shape, nameof(tensor));
        (int rows, int columns) = Sizes(shape);
        return new ReadOnlyMatrixView(Memory(tensor, shape), rows, columns);
    }

    /// <summary>Returns the shape of a tensor.</summary>
    /// <exception cref="ArgumentException">The tensor has no dimensions, more than 16, or more elements than the maximum array length.</exception>
    internal static Shape ShapeOf(in ReadOnlyTensorSpan<float> tensor, string name)
    {
        if (tensor.Rank == 0)
            throw new ArgumentException("the tensor has no dimensions", name);
        if (tensor.Rank > Shape.MaximumRank)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the tensor has {tensor.Rank} dimensions; the maximum is {Shape.MaximumRank}"), name);
        if (tensor.FlattenedLength > Array.MaxLength)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the tensor has {tensor.FlattenedLength} elements; the maximum is {Array.MaxLength}"), name);
        Span<int> dimensions = stackalloc int[tensor.Rank];
        for (int i = 0; i < dimensions.Length; i++)
        {
            nint length = tensor.Lengths[i];
            if (length > Array.MaxLength)
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"dimension {i} of the tensor is {length}; the maximum is {Array.MaxLength}"), name);
            dimensions[i] = (int)length;
        }

        return Shape.Create(dimensions);
    }

    /// <summary>Returns the elements in row-major order: the tensor's memory if it is dense, otherwise a copy.</summary>
    internal static ReadOnlySpan<float> DenseValues(in ReadOnlyTensorSpan<float> tensor, Shape shape)
    {
        if (IsDense(tensor, shape))
            return Memory(tensor, shape);
        var copy = new float[shape.ElementCount];
        tensor.FlattenTo(copy);
        return copy;
    }

    /// <summary>A dense tensor with elements of its own.</summary>
    internal static Tensor<float> Copy(Tensor<float> tensor)
    {
        var values = new float[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        return Tensor.Create(values, tensor.Lengths);
    }

    /// <summary>Creates a tensor over an array without copying it.</summary>
    internal static Tensor<float> Create(float[] values, Shape shape)
    {
        Span<nint> lengths = stackalloc nint[shape.Rank];
        for (int i = 0; i < lengths.Length; i++)
            lengths[i] = shape[i];
        return Tensor.Create(values, lengths);
    }

    /// <summary>Whether the elements are contiguous in row-major order. Strides of dimensions of size 1 are ignored.</summary>
    private static bool IsDense(in ReadOnlyTensorSpan<float> tensor, Shape shape)
    {
        nint expected = 1;
        for (int dimension = shape.Rank - 1; dimension >= 0; dimension--)
        {
            if (shape[dimension] != 1 && tensor.Strides[dimension] != expected && shape.ElementCount > 0)
                return false;
            expected *= shape[dimension];
        }

        return true;
    }

    /// <summary>
    /// Returns the memory of a dense tensor. TryGetSpan rejects some tensors with dimensions of size 1, whose stride is 0; these dimensions are
    /// removed.
    /// </summary>
    private static ReadOnlySpan<float> Memory(in ReadOnlyTensorSpan<float> tensor, Shape shape)
    {
        if (shape.ElementCount == 0)
            return [];
        if (tensor.TryGetSpan(stackalloc nint[shape.Rank], shape.ElementCount, out ReadOnlySpan<float> values))
            return values;
        ReadOnlyTensorSpan<float> squeezed = Tensor.Squeeze(tensor);
        return squeezed.GetSpan(stackalloc nint[squeezed.Rank], shape.ElementCount);
    }

    private static (int Rows, int Columns) Sizes(Shape shape)
    {
        int columns = 1;
        for (int dimension = 1; dimension < shape.Rank; dimension++)
            columns *= shape[dimension];
        return (shape[0], columns);
    }

    private static ArgumentException NotDense(Shape shape, string name) =>
        new($"the tensor {shape} is not dense: its elements are not contiguous in row-major order; copy it with ToDenseTensor", name);
}
