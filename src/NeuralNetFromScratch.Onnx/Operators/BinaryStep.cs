namespace NeuralNetFromScratch.Onnx;

/// <summary>A function of two numbers in single precision.</summary>
internal interface IBinaryFunction
{
    /// <summary>z = f(x, y).</summary>
    static abstract float Apply(float x, float y);

    /// <summary>∂f/∂x and ∂f/∂y; z = f(x, y) is passed too.</summary>
    static abstract (float X, float Y) Slopes(float x, float y, float z);
}

/// <summary><c>zᵢ = f(xᵢ, yᵢ)</c>; an input with one value is broadcast.</summary>
internal sealed class BinaryStep<TFunction> : StepOperator
    where TFunction : struct, IBinaryFunction
{
    public override bool IsElementwise => true;

    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length == 2 && (lengths[0] == lengths[1] || lengths[0] == 1 || lengths[1] == 1), step, "takes two values of one length");
        return Math.Max(lengths[0], lengths[1]);
    }

    public override void Forward(in StepRun run)
    {
        ReadOnlySpan<float> x = run.Input(0), y = run.Input(1);
        Span<float> z = run.Output;
        (int nextX, int nextY) = (x.Length == 1 ? 0 : 1, y.Length == 1 ? 0 : 1);
        for (int i = 0; i < z.Length; i++)
            z[i] = TFunction.Apply(x[i * nextX], y[i * nextY]);
    }

    public override void Backward(in StepRun run)
    {
        ReadOnlySpan<float> x = run.Input(0), y = run.Input(1), z = run.Output, dz = run.OutputGradient;
        Span<float> dx = run.InputGradient(0), dy = run.InputGradient(1);
        (int nextX, int nextY) = (x.Length == 1 ? 0 : 1, y.Length == 1 ? 0 : 1);
        for (int i = 0; i < z.Length; i++)
        {
            (float slopeX, float slopeY) = TFunction.Slopes(x[i * nextX], y[i * nextY], z[i]);
            // A gradient of 0 stays 0, even if the slope, of a branch that is not used, is infinite.
            if (dz[i] == 0)
                continue;
            if (!dx.IsEmpty)
                dx[i * nextX] += dz[i] * slopeX;
            if (!dy.IsEmpty)
                dy[i * nextY] += dz[i] * slopeY;
        }
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths) => step.Name switch
    {
        "Mod" => graph.Node("Mod", inputs, GraphBuilder.Attribute("fmod", 1L)),
        // The slopes can be broadcast, but not the values.
        "PRelu" when lengths[0] < lengths[1] => graph.Node("PRelu", [graph.Node("Add", [inputs[0], graph.Node("Mul", [inputs[1], graph.Scalar(0)])]), inputs[1]]),
        "And" or "Or" or "Xor" => graph.Number(graph.Node(step.Name, [graph.Truth(inputs[0]), graph.Truth(inputs[1])])),
        "Equal" or "Greater" or "GreaterOrEqual" or "Less" or "LessOrEqual" => graph.Number(graph.Node(step.Name, inputs)),
        _ => graph.Node(step.Name, inputs),
    };
}

/// <summary><c>yᵢ = aᵢ if cᵢ is not 0, otherwise bᵢ</c>; an input with one value is broadcast.</summary>
internal sealed class WhereStep : StepOperator
{
    public override bool IsElementwise => true;

    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length == 3, step, "takes three values");
        int longest = Math.Max(lengths[0], Math.Max(lengths[1], lengths[2]));
        foreach (int length in lengths)
            Require(length == longest || length == 1, step, "takes values of one length");
        return longest;
    }

    public override void Forward(in StepRun run)
    {
        ReadOnlySpan<float> condition = run.Input(0), a = run.Input(1), b = run.Input(2);
        Span<float> y = run.Output;
        for (int i = 0; i < y.Length; i++)
            y[i] = condition[condition.Length == 1 ? 0 : i] != 0 ? a[a.Length == 1 ? 0 : i] : b[b.Length == 1 ? 0 : i];
    }

    public override void Backward(in StepRun run)
    {
        ReadOnlySpan<float> condition = run.Input(0), dy = run.OutputGradient;
        Span<float> da = run.InputGradient(1), db = run.InputGradient(2);
        for (int i = 0; i < dy.Length; i++)
        {
            Span<float> taken = condition[condition.Length == 1 ? 0 : i] != 0 ? da : db;
            if (!taken.IsEmpty)
                taken[taken.Length == 1 ? 0 : i] += dy[i];
        }
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths) =>
        graph.Node("Where", [graph.Truth(inputs[0]), inputs[1], inputs[2]]);
}
