namespace NeuralNetFromScratch.Samples.CustomLayer;

/// <summary>
/// A layer of one's own: each unit answers to what is near its centre, <c>y = e^(−w·d)</c> with the squared distance <c>d = Σ (x − c)²</c>
/// (Broomhead and Lowe 1988). Backward, with <c>g = dL/dy · y</c>: <c>dw −= g·d</c>, <c>dc += 2·w·g·(x − c)</c>, <c>dx = −Σ 2·w·g·(x − c)</c>.
/// </summary>
internal sealed class RadialBasis(int units) : Layer
{
    private const int Centres = 0, Widths = 1;

    public override string Kind => "radial";

    public override string Description => $"radial basis {units}";

    public override Shape OutputShape(Shape inputShape) => [units];

    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("centre", [units, inputShape.ElementCount], Initializer.Uniform(-1, 1), ParameterRole.Bias),
        new("width", [units], Initializer.Constant(2), ParameterRole.Bias),
    ];

    public override void Forward(in LayerContext context, ReadOnlySpan<float> input, Span<float> output)
    {
        int inputs = input.Length / context.Batch;
        for (int row = 0; row < context.Batch; row++)
        {
            ReadOnlySpan<float> x = input.Slice(row * inputs, inputs);
            for (int unit = 0; unit < units; unit++)
            {
                float distance = SquaredDistance(x, context.Value(Centres).Slice(unit * inputs, inputs));
                output[row * units + unit] = MathF.Exp(-context.Value(Widths)[unit] * distance);
            }
        }
    }

    public override void Backward(
        in LayerContext context, ReadOnlySpan<float> input, ReadOnlySpan<float> output, Span<float> outputGradient, Span<float> inputGradient)
    {
        int inputs = input.Length / context.Batch;
        inputGradient.Clear();
        for (int row = 0; row < context.Batch; row++)
        {
            ReadOnlySpan<float> x = input.Slice(row * inputs, inputs);
            for (int unit = 0; unit < units; unit++)
            {
                ReadOnlySpan<float> centre = context.Value(Centres).Slice(unit * inputs, inputs);
                float g = outputGradient[row * units + unit] * output[row * units + unit];
                context.Gradient(Widths)[unit] -= g * SquaredDistance(x, centre);
                float factor = 2 * context.Value(Widths)[unit] * g;
                for (int i = 0; i < inputs; i++)
                {
                    context.Gradient(Centres)[unit * inputs + i] += factor * (x[i] - centre[i]);
                    if (!inputGradient.IsEmpty)
                        inputGradient[row * inputs + i] -= factor * (x[i] - centre[i]);
                }
            }
        }
    }

    private static float SquaredDistance(ReadOnlySpan<float> x, ReadOnlySpan<float> centre)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += (x[i] - centre[i]) * (x[i] - centre[i]);
        return sum;
    }
}
