namespace NeuralNetFromScratch.Tests.Training;

/// <summary>A user's own layer: y = x ∘ factor. It keeps to the simple contract: add to gradients that are cleared where they have to be.</summary>
internal sealed class ScaleLayer() : Layer(new Settings(Kind)), IPart<ScaleLayer>
{
    public static string Kind => "scale";

    public static ScaleLayer Create(Settings settings) => new();

    public override Shape OutputShape(Shape inputShape) => inputShape;

    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
        [new("factor", inputShape, Initializer.Constant(2), ParameterRole.NoDecay)];

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        Span<float> factor = context.Values(0);
        for (int i = 0; i < input.Span.Length; i++)
            output.Span[i] = input.Span[i] * factor[i % factor.Length];
    }

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        Span<float> factor = context.Values(0), gradient = context.GradientsToAddTo(0);
        for (int i = 0; i < input.Span.Length; i++)
            gradient[i % factor.Length] += outputGradient.Span[i] * input.Span[i];
        for (int i = 0; i < inputGradient.Span.Length; i++)
            inputGradient.Span[i] = outputGradient.Span[i] * factor[i % factor.Length];
    }
}
