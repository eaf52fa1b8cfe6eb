namespace NeuralNetFromScratch;

internal sealed class ConstantInitializer(float value) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random) => values.Fill(value);
}
