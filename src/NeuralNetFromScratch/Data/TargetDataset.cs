namespace NeuralNetFromScratch;

/// <summary>Samples with dense targets, in arrays of floats.</summary>
internal sealed class TargetDataset(float[] values, Shape sampleShape, float[] targets, int targetLength) : Dataset
{
    public override int Count => targets.Length / targetLength;

    public override Shape SampleShape => sampleShape;

    public override int Classes => 0;

    public override int TargetLength => targetLength;

    public override int Label(int index) => throw new NotSupportedException("the samples have dense targets, not class labels");

    public override void CopySample(int index, Span<float> features) =>
        values.AsSpan(index * sampleShape.ElementCount, sampleShape.ElementCount).CopyTo(features);

    public override void CopyTarget(int index, Span<float> target) => targets.AsSpan(index * targetLength, targetLength).CopyTo(target);
}
