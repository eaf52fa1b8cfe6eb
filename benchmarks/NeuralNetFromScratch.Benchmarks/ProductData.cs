namespace NeuralNetFromScratch.Benchmarks;

/// <summary>Operands of a product, filled from a seed.</summary>
public sealed class ProductData
{
    public ProductData(ProductShape shape)
    {
        Shape = shape;
        Left = Fill(shape.Rows * shape.Depth, 1);
        Right = Fill(shape.Depth * shape.Columns, 2);
        Product = GC.AllocateArray<float>(shape.Rows * shape.Columns, pinned: true);
    }

    public ProductShape Shape { get; }

    public float[] Left { get; }

    public float[] Right { get; }

    public float[] Product { get; }

    public ReadOnlyMatrixView LeftView => Shape.LeftTransposed
        ? new ReadOnlyMatrixView(Left, Shape.Depth, Shape.Rows).Transposed
        : new ReadOnlyMatrixView(Left, Shape.Rows, Shape.Depth);

    public ReadOnlyMatrixView RightView => Shape.RightTransposed
        ? new ReadOnlyMatrixView(Right, Shape.Columns, Shape.Depth).Transposed
        : new ReadOnlyMatrixView(Right, Shape.Depth, Shape.Columns);

    public MatrixView ProductView => new(Product, Shape.Rows, Shape.Columns);

    /// <summary>The textbook's three loops, in the order that reads memory along rows.</summary>
    public void MultiplyNaively()
    {
        ReadOnlyMatrixView left = LeftView, right = RightView;
        Array.Clear(Product);
        for (int i = 0; i < Shape.Rows; i++)
        {
            Span<float> row = Product.AsSpan(i * Shape.Columns, Shape.Columns);
            for (int k = 0; k < Shape.Depth; k++)
            {
                float factor = left[i, k];
                for (int j = 0; j < row.Length; j++)
                    row[j] += factor * right[k, j];
            }
        }
    }

    /// <summary>Compares some of the elements with sums in double precision: a result that is timed must also be right.</summary>
    /// <exception cref="InvalidOperationException">One is wrong.</exception>
    public void Check(string what)
    {
        const int Checked = 200;
        ReadOnlyMatrixView left = LeftView, right = RightView;
        for (int n = 0; n < Checked; n++)
        {
            int element = (int)((long)n * 7919 % Product.Length);
            int i = element / Shape.Columns, j = element % Shape.Columns;
            double exact = 0, magnitude = 0;
            for (int k = 0; k < Shape.Depth; k++)
            {
                exact += (double)left[i, k] * right[k, j];
                magnitude += Math.Abs((double)left[i, k] * right[k, j]);
            }

            if (!(Math.Abs(Product[element] - exact) <= Shape.Depth * Math.Pow(2, -24) * magnitude))
                throw new InvalidOperationException($"{what} {Shape}: C[{i}, {j}] is {Product[element]}, exactly {exact}");
        }

        Product.AsSpan().Fill(float.NaN);
    }

    private static float[] Fill(int count, int seed)
    {
        var random = new Random(seed);
        float[] values = GC.AllocateUninitializedArray<float>(count, pinned: true);
        for (int i = 0; i < count; i++)
            values[i] = random.NextSingle() - 0.5f;
        return values;
    }
}
