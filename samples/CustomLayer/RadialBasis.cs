namespace NeuralNetFromScratch.Samples.CustomLayer;

/// <summary>
/// A layer of one's own: each unit answers to what is near its centre, <c>y = e^(−w·d)</c> with the squared distance <c>d = Σ (x − c)²</c>
/// (Broomhead and Lowe 1988). Backward, with <c>g = dL/dy · y</c>: <c>dw −= g·d</c>, <c>dc += 2·w·g·(x − c)</c>, <c>dx = −Σ 2·w·g·(x − c)</c>.
/// </summary>
internal sealed class RadialBasis(int units) : Layer(new Settings("radial", new Setting("units", units)))
{
    private const int Centres = 0, Widths = 1;

    public override Shape OutputShape(Shape inputShape) => [units];

    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("centre", [units, inputShape.ElementCount], Initializer.Uniform(-1, 1), ParameterRole.NoDecay),
        new("width", [units], Initializer.Constant(2), ParameterRole.NoDecay),
    ];

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        var centres = new ReadOnlyMatrixView(context.Values(Centres), units, input.Columns);
        ReadOnlySpan<float> widths = context.Values(Widths);
        for (int row = 0; row < input.Rows; row++)
        {
            for (int unit = 0; unit < units; unit++)
                output[row, unit] = MathF.Exp(-widths[unit] * SquaredDistance(input.Row(row), centres.Row(unit)));
        }
    }

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        var centres = new ReadOnlyMatrixView(context.Values(Centres), units, input.Columns);
        var centreGradients = new MatrixView(context.GradientsToAddTo(Centres), units, input.Columns);
        ReadOnlySpan<float> widths = context.Values(Widths);
        Span<float> widthGradients = context.GradientsToAddTo(Widths);
        inputGradient.Span.Clear();
        for (int row = 0; row < input.Rows; row++)
        {
            ReadOnlySpan<float> x = input.Row(row);
            for (int unit = 0; unit < units; unit++)
            {
                ReadOnlySpan<float> centre = centres.Row(unit);
                float g = outputGradient[row, unit] * output[row, unit], factor = 2 * widths[unit] * g;
                widthGradients[unit] -= g * SquaredDistance(x, centre);
                for (int i = 0; i < x.Length; i++)
                {
                    centreGradients[unit, i] += factor * (x[i] - centre[i]);
                    // A view without rows: dx is not needed, as in the first layer.
                    if (inputGradient.Rows > 0)
                        inputGradient[row, i] -= factor * (x[i] - centre[i]);
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
