namespace NeuralNetFromScratch.Tests.Layers;

/// <summary>A user's own activation: x·σ(x), whose derivative needs x.</summary>
internal sealed class SwishActivation() : Activation(new Settings(Kind)), IPart<SwishActivation>
{
    public static string Kind => "swish";

    public static SwishActivation Create(Settings settings) => new();

    public override bool DerivativeNeedsInput => true;

    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int i = 0; i < input.Length; i++)
            output[i] = (float)(input[i] * Logistic(input[i]));
    }

    public override void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient)
    {
        for (int i = 0; i < argument.Length; i++)
        {
            double sigmoid = Logistic(argument[i]);
            gradient[i] *= (float)(sigmoid + argument[i] * sigmoid * (1 - sigmoid));
        }
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
