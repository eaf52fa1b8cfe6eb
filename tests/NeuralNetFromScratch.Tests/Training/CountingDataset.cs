
namespace NeuralNetFromScratch.Tests.Training;

/// <summary>A user's own data set, which counts how often each sample is read.</summary>
internal sealed class CountingDataset(int count, int width, int classes, int failAt = -1) : Dataset
{
    public int[] Reads { get; } = new int[count];

    public override int Count => count;

    public override Shape SampleShape => [width];

    public override int ClassCount => classes;

    public override int GetLabel(int index) => index % classes;

    public override void CopyFeatures(int index, Span<float> features)
    {
        if (index == failAt)
            throw new NotSupportedException($"sample {index}");
        Interlocked.Increment(ref Reads[index]);
        features.Fill(index % 7);
    }
}
