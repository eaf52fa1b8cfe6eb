namespace NeuralNetFromScratch;

/// <summary>The samples of another data set, with weights.</summary>
internal sealed class WeightedDataset(Dataset source, float[] weights) : Dataset
{
    public override int Count => source.Count;

    public override Shape SampleShape => source.SampleShape;

    public override int Classes => source.Classes;

    public override int TargetLength => source.TargetLength;

    public override bool HasWeights => true;

    public override int Label(int index) => source.Label(index);

    public override float Weight(int index) => weights[index];

    internal override void Prefetch(int index) => source.Prefetch(index);

    public override void CopySample(int index, Span<float> features) => source.CopySample(index, features);

    public override void CopyTarget(int index, Span<float> target) => source.CopyTarget(index, target);
}
