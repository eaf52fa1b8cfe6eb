namespace NeuralNetFromScratch;

/// <summary>Samples in an array of floats.</summary>
internal sealed class ArrayDataset(float[] values, Shape sampleShape, int[] labels, int classes) : Dataset
{
    public override int Count => labels.Length;

    public override Shape SampleShape => sampleShape;

    public override int Classes => classes;

    public override int Label(int index) => labels[index];

    public override void CopySample(int index, Span<float> features) =>
        values.AsSpan(index * sampleShape.ElementCount, sampleShape.ElementCount).CopyTo(features);
}
