namespace NeuralNetFromScratch;

/// <summary>Given values.</summary>
internal sealed class GivenInitializer(float[] given) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random) => given.CopyTo(values);
}
