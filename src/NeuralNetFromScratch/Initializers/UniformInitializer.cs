namespace NeuralNetFromScratch;

internal sealed class UniformInitializer(float low, float high) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(low + ((double)high - low) * random.Uniform((ulong)i));
    }
}
