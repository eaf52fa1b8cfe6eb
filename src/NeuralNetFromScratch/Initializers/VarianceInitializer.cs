namespace NeuralNetFromScratch;

/// <summary>Mean 0 and variance <c>gain / (fan-in + fanOutShare · fan-out)</c>.</summary>
internal sealed class VarianceInitializer(string name, double gain, double fanOutShare, bool normal) : Initializer
{
    public override void Fill(Span<float> values, Shape shape, RandomSource random)
    {
        if (shape.Rank != 2)
            throw new ArgumentException($"{name} needs a weight of shape [in, out], got {shape}", nameof(shape));
        double deviation = Math.Sqrt(gain / (shape[0] + fanOutShare * shape[1]));
        // A uniform variable in (−a, a) has variance a²/3.
        double limit = Math.Sqrt(3) * deviation;
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(normal ? deviation * random.Normal((ulong)i) : limit * (2 * random.Uniform((ulong)i) - 1));
    }
}
