namespace NeuralNetFromScratch.Samples.CustomLayer;

/// <summary>An activation of one's own: <c>y = x / (1 + |x|)</c>, whose derivative is <c>(1 − |y|)²</c> (Bergstra et al. 2009).</summary>
internal sealed class Softsign() : Activation(new Settings("softsign"))
{
    public override bool DerivativeNeedsInput => false;

    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int i = 0; i < input.Length; i++)
            output[i] = input[i] / (1 + MathF.Abs(input[i]));
    }

    public override void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient)
    {
        for (int i = 0; i < argument.Length; i++)
        {
            float slope = 1 - MathF.Abs(argument[i]);
            gradient[i] *= slope * slope;
        }
    }
}
