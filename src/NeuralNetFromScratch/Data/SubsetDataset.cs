namespace NeuralNetFromScratch;

/// <summary>Some samples of another data set.</summary>
internal sealed class SubsetDataset(Dataset source, int[] indices) : Dataset
{
    public override int Count => indices.Length;

    public override Shape SampleShape => source.SampleShape;

    public override int Classes => source.Classes;

    public override int TargetLength => source.TargetLength;

    public override bool HasWeights => source.HasWeights;

    public override float Weight(int index) => source.Weight(indices[index]);

    public override void CopyTarget(int index, Span<float> target) => source.CopyTarget(indices[index], target);

    public override int Label(int index) => source.Label(indices[index]);

    internal override void Prefetch(int index) => source.Prefetch(indices[index]);

    public override void CopySample(int index, Span<float> features) => source.CopySample(indices[index], features);
}
