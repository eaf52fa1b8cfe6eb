namespace NeuralNetFromScratch.Onnx;

/// <summary>A function of one number in single precision, with up to two settings.</summary>
internal interface IUnaryFunction
{
    /// <summary>y = f(x).</summary>
    static abstract float Apply(float x, float a, float b);

    /// <summary>f'(x); y = f(x) is passed too. 0 at discontinuities.</summary>
    static abstract float Slope(float x, float y, float a, float b);
}

/// <summary><c>yᵢ = f(xᵢ)</c>.</summary>
/// <param name="attributes">The names of the settings in ONNX.</param>
internal sealed class UnaryStep<TFunction>(params string[] attributes) : StepOperator
    where TFunction : struct, IUnaryFunction
{
    public override bool IsElementwise => true;

    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length == 1 && step.Numbers.Length == attributes.Length, step, $"takes one value and {attributes.Length} numbers");
        return lengths[0];
    }

    public override void Forward(in StepRun run)
    {
        (float a, float b) = Numbers(run.Step);
        ReadOnlySpan<float> x = run.Input(0);
        Span<float> y = run.Output;
        for (int i = 0; i < y.Length; i++)
            y[i] = TFunction.Apply(x[i], a, b);
    }

    public override void Backward(in StepRun run)
    {
        (float a, float b) = Numbers(run.Step);
        ReadOnlySpan<float> x = run.Input(0), y = run.Output, dy = run.OutputGradient;
        Span<float> dx = run.InputGradient(0);
        for (int i = 0; i < dx.Length; i++)
            dx[i] += dy[i] * TFunction.Slope(x[i], y[i], a, b);
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths) => step.Name switch
    {
        // The operator is newer than opset 17, or not part of ONNX.
        "Mish" => graph.Node("Mul", [inputs[0], graph.Node("Tanh", [graph.Node("Softplus", [inputs[0]])])]),
        "Trunc" => graph.Node("Mul", [graph.Node("Sign", [inputs[0]]), graph.Node("Floor", [graph.Node("Abs", [inputs[0]])])]),
        "Clip" => graph.Node("Clip", [inputs[0], graph.Scalar(step.Numbers[0]), graph.Scalar(step.Numbers[1])]),
        "Not" => graph.Number(graph.Node("Not", [graph.Truth(inputs[0])])),
        "IsNaN" => graph.Number(graph.Node("IsNaN", [inputs[0]])),
        _ => graph.Node(step.Name, inputs, [.. attributes.Select((name, i) => GraphBuilder.Attribute(name, step.Numbers[i]))]),
    };

    private static (float A, float B) Numbers(Step step) => (step.Numbers.Length > 0 ? step.Numbers[0] : 0, step.Numbers.Length > 1 ? step.Numbers[1] : 0);
}
