namespace NeuralNetFromScratch;

internal sealed class ConstantInitializer(float value) : Initializer
{
    public override void Fill(Span<float> values, Shape shape, RandomSource random) => values.Fill(value);
}
