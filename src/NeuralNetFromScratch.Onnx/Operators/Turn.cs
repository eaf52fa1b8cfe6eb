namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// A transposition: <c>y[j, i] = x[i, j]</c>. It moves the channels of images, which are first in ONNX and last in the library. The positions of an image are one axis,
/// since their order does not change.
/// </summary>
/// <param name="Rows">The rows of x, which are the columns of y.</param>
/// <param name="Columns">The columns of x, which are the rows of y.</param>
internal readonly record struct Turn(int Rows, int Columns)
{
    /// <summary>Returns the transposition that the sizes of a view describe; null if it is not one of all values.</summary>
    public static Turn? Of(ReadOnlySpan<int> sizes, int length) =>
        sizes is [0, var columns, var rows, 1, var stride] && stride == columns && (long)rows * columns == length ? new Turn(rows, columns) : null;

    /// <summary>Returns the values of x, each with a given length, in the order of y.</summary>
    public float[] Apply(ReadOnlySpan<float> x, int length = 1)
    {
        float[] y = new float[x.Length];
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
                x.Slice((i * Columns + j) * length, length).CopyTo(y.AsSpan((j * Rows + i) * length));
        }

        return y;
    }
}
