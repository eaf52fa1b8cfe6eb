namespace NeuralNetFromScratch.Onnx;

/// <summary><c>z[b, i, j] = Σₖ x[b, i, k]·y[b, k, j]</c>; the sizes are those of b, i, k and j. A sum is a chain of multiply-adds in k.</summary>
internal sealed class ProductStep : StepOperator
{
    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length == 2 && step.Sizes.Length == 4, step, "takes two values and four sizes");
        (int batch, int rows, int depth, int columns) = SizesOf(step);
        Require(Product(step, batch, rows, depth) == lengths[0], step, "the first factor has another size");
        // A shared second factor is not copied.
        Require(Product(step, batch, depth, columns) == lengths[1] || Product(step, depth, columns) == lengths[1], step, "the second factor has another size");
        return Product(step, batch, rows, columns);
    }

    public override void Forward(in StepRun run)
    {
        (int batch, int rows, int depth, int columns) = SizesOf(run.Step);
        ReadOnlySpan<float> x = run.Input(0), y = run.Input(1);
        Span<float> z = run.Output;
        z.Clear();
        int next = y.Length == depth * columns ? 0 : depth * columns;
        for (int row = 0; row < batch * rows; row++)
        {
            Span<float> sums = z.Slice(row * columns, columns);
            for (int k = 0; k < depth; k++)
            {
                ReadOnlySpan<float> factors = y.Slice(row / rows * next + k * columns, columns);
                float factor = x[row * depth + k];
                for (int j = 0; j < columns; j++)
                    sums[j] = MathF.FusedMultiplyAdd(factor, factors[j], sums[j]);
            }
        }
    }

    public override void Backward(in StepRun run)
    {
        (int batch, int rows, int depth, int columns) = SizesOf(run.Step);
        ReadOnlySpan<float> x = run.Input(0), y = run.Input(1), dz = run.OutputGradient;
        Span<float> dx = run.InputGradient(0), dy = run.InputGradient(1);
        int next = y.Length == depth * columns ? 0 : depth * columns;
        for (int row = 0; row < batch * rows; row++)
        {
            ReadOnlySpan<float> gradients = dz.Slice(row * columns, columns);
            for (int k = 0; k < depth; k++)
            {
                int place = row / rows * next + k * columns;
                ReadOnlySpan<float> factors = y.Slice(place, columns);
                float sum = 0;
                for (int j = 0; j < columns; j++)
                {
                    sum = MathF.FusedMultiplyAdd(gradients[j], factors[j], sum);
                    if (!dy.IsEmpty)
                        dy[place + j] += gradients[j] * x[row * depth + k];
                }

                if (!dx.IsEmpty)
                    dx[row * depth + k] += sum;
            }
        }
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths)
    {
        (int batch, int rows, int depth, int columns) = SizesOf(step);
        bool isShared = lengths[1] == depth * columns;
        string product = graph.Node("MatMul", [graph.Reshape(inputs[0], [batch, rows, depth]), graph.Reshape(inputs[1], [isShared ? 1 : batch, depth, columns])]);
        return graph.Reshape(product, [batch * rows * columns]);
    }

    private static (int Batch, int Rows, int Depth, int Columns) SizesOf(Step step) => (step.Sizes[0], step.Sizes[1], step.Sizes[2], step.Sizes[3]);
}
