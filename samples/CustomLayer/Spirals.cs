
namespace NeuralNetFromScratch.Samples.CustomLayer;

/// <summary>Two spirals, one inside the other, with a little noise: points that no straight line divides.</summary>
internal static class Spirals
{
    private const double Turns = 1.25, Noise = 0.02;

    public static Dataset Create(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        float[] points = new float[2 * count];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % 2;
            double radius = Math.Sqrt(random.Uniform((ulong)(3 * i))), angle = (radius * Turns * 2 + labels[i]) * Math.PI;
            points[2 * i] = (float)(radius * Math.Cos(angle) + Noise * random.Normal((ulong)(3 * i + 1)));
            points[2 * i + 1] = (float)(radius * Math.Sin(angle) + Noise * random.Normal((ulong)(3 * i + 2)));
        }

        return Dataset.FromArrays(points, sampleShape: [2], labels, classCount: 2);
    }
}
