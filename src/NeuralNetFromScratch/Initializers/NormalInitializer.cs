namespace NeuralNetFromScratch;

internal sealed class NormalInitializer(float standardDeviation) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(standardDeviation * random.Normal((ulong)i));
    }
}
