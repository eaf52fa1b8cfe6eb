namespace NeuralNetFromScratch.Onnx;

/// <summary>Reduces numbers to one. Sums and products are computed in double precision, in the order of the values.</summary>
internal interface IReduction
{
    static abstract double Start { get; }

    static abstract double Add(double sum, float x);

    static abstract double Finish(double sum, int count);

    /// <summary>dy/dx of one of the values.</summary>
    /// <param name="x">The value.</param>
    /// <param name="y">The result.</param>
    /// <param name="count">The number of values.</param>
    /// <param name="equal">The number of values that equal the result.</param>
    static abstract float Slope(float x, float y, int count, int equal);
}

/// <summary><c>y[o, i] = reduce over k of x[o, k, i]</c>; the sizes are those of o, k and i.</summary>
internal sealed class ReduceStep<TReduction> : StepOperator
    where TReduction : struct, IReduction
{
    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length == 1 && step.Sizes.Length == 3 && Product(step, step.Sizes) == lengths[0], step, "sizes and values differ");
        return step.Sizes[0] * step.Sizes[2];
    }

    public override void Forward(in StepRun run)
    {
        ReadOnlySpan<float> x = run.Input(0);
        Span<float> y = run.Output;
        (int count, int inner) = (run.Step.Sizes[1], run.Step.Sizes[2]);
        for (int i = 0; i < y.Length; i++)
        {
            double sum = TReduction.Start;
            int first = i / inner * count * inner + i % inner;
            for (int k = 0; k < count; k++)
                sum = TReduction.Add(sum, x[first + k * inner]);
            y[i] = (float)TReduction.Finish(sum, count);
        }
    }

    public override void Backward(in StepRun run)
    {
        ReadOnlySpan<float> x = run.Input(0), y = run.Output, dy = run.OutputGradient;
        Span<float> dx = run.InputGradient(0);
        (int count, int inner) = (run.Step.Sizes[1], run.Step.Sizes[2]);
        for (int i = 0; i < y.Length && !dx.IsEmpty; i++)
        {
            int first = i / inner * count * inner + i % inner, equal = 0;
            for (int k = 0; k < count; k++)
                equal += x[first + k * inner] == y[i] ? 1 : 0;
            for (int k = 0; k < count; k++)
                dx[first + k * inner] += dy[i] * TReduction.Slope(x[first + k * inner], y[i], count, equal);
        }
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths)
    {
        string axes = graph.Integers(2);
        string value = graph.Reshape(inputs[0], step.Sizes);
        // In opset 17, only the sum has its axes as an input.
        value = step.Name == "ReduceSum"
            ? graph.Node(step.Name, [value, axes], GraphBuilder.Attribute("keepdims", 0L))
            : graph.Node(step.Name, [value], GraphBuilder.Attribute("axes", [2L]), GraphBuilder.Attribute("keepdims", 0L));
        return graph.Reshape(value, [step.Sizes[0] * step.Sizes[2]]);
    }
}

/// <summary>Σ x</summary>
internal readonly struct SumReduction : IReduction
{
    public static double Start => 0;

    public static double Add(double sum, float x) => sum + x;

    public static double Finish(double sum, int count) => sum;

    public static float Slope(float x, float y, int count, int equal) => 1;
}

/// <summary>Σ x / n</summary>
internal readonly struct MeanReduction : IReduction
{
    public static double Start => 0;

    public static double Add(double sum, float x) => sum + x;

    public static double Finish(double sum, int count) => sum / count;

    public static float Slope(float x, float y, int count, int equal) => 1f / count;
}

/// <summary>Π x</summary>
internal readonly struct ProductReduction : IReduction
{
    public static double Start => 1;

    public static double Add(double sum, float x) => sum * x;

    public static double Finish(double sum, int count) => sum;

    public static float Slope(float x, float y, int count, int equal) => y / x;
}

/// <summary>max x</summary>
internal readonly struct MaximumReduction : IReduction
{
    public static double Start => double.NegativeInfinity;

    public static double Add(double sum, float x) => Math.Max(sum, x);

    public static double Finish(double sum, int count) => sum;

    public static float Slope(float x, float y, int count, int equal) => x == y ? 1f / equal : 0;
}

/// <summary>min x</summary>
internal readonly struct MinimumReduction : IReduction
{
    public static double Start => double.PositiveInfinity;

    public static double Add(double sum, float x) => Math.Min(sum, x);

    public static double Finish(double sum, int count) => sum;

    public static float Slope(float x, float y, int count, int equal) => x == y ? 1f / equal : 0;
}
