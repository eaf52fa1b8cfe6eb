namespace NeuralNetFromScratch;

/// <summary>Mean 0 and variance <c>gain / (fan-in + fanOutShare · fan-out)</c>.</summary>
internal sealed class VarianceInitializer(string name, double gain, double fanOutShare, bool normal) : Initializer
{
    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
    {
        if (definition.FanIn <= 0 || definition.FanOut <= 0)
            throw new ArgumentException($"{name} needs a weight with inputs and outputs, such as [in, out], got {definition.Name} {definition.Shape}", nameof(definition));
        double deviation = Math.Sqrt(gain / (definition.FanIn + fanOutShare * definition.FanOut));
        // A uniform variable in (−a, a) has variance a²/3.
        double limit = Math.Sqrt(3) * deviation;
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(normal ? deviation * random.Normal((ulong)i) : limit * (2 * random.Uniform((ulong)i) - 1));
    }
}
