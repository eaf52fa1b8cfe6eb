namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// A view that exchanges rows and columns: <c>y[j, i] = x[i, j]</c>. It brings a picture's channels, which are first in ONNX and last in the library, from one place to the
/// other: the places of a picture are one axis, since they keep their order.
/// </summary>
/// <param name="Rows">Rows of x, columns of y.</param>
/// <param name="Columns">Columns of x, rows of y.</param>
internal readonly record struct Turn(int Rows, int Columns)
{
    /// <summary>The turn that the sizes of a view are; null if they are none of all values.</summary>
    public static Turn? Of(ReadOnlySpan<int> sizes, int length) =>
        sizes is [0, var columns, var rows, 1, var stride] && stride == columns && (long)rows * columns == length ? new Turn(rows, columns) : null;

    /// <summary>The values of x, each of a length, in the order of y.</summary>
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
