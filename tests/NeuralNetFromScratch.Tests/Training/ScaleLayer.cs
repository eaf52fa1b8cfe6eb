namespace NeuralNetFromScratch.Tests.Training;

/// <summary>A user's own layer: y = x ∘ factor. It keeps to the simple contract: always add to the gradients.</summary>
internal sealed class ScaleLayer : Layer
{
    public override string Kind => "scale";

    public override Shape OutputShape(Shape inputShape) => inputShape;

    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
        [new("factor", inputShape, Initializer.Constant(2), ParameterRole.Bias)];

    public override void Forward(in LayerContext context, ReadOnlySpan<float> input, Span<float> output)
    {
        Span<float> factor = context.Value(0);
        for (int i = 0; i < input.Length; i++)
            output[i] = input[i] * factor[i % factor.Length];
    }

    public override void Backward(
        in LayerContext context, ReadOnlySpan<float> input, ReadOnlySpan<float> output, Span<float> outputGradient, Span<float> inputGradient)
    {
        Span<float> factor = context.Value(0), gradient = context.Gradient(0);
        for (int i = 0; i < input.Length; i++)
            gradient[i % factor.Length] += outputGradient[i] * input[i];
        for (int i = 0; i < inputGradient.Length; i++)
            inputGradient[i] = outputGradient[i] * factor[i % factor.Length];
    }
}
