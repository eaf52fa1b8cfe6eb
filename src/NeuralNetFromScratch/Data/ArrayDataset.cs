using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Samples in an array of floats, with class labels or dense targets.</summary>
internal sealed class ArrayDataset : Dataset
{
    private readonly float[] _features, _targets = [];
    private readonly int[] _labels = [];
    private readonly int _length;

    public ArrayDataset(float[] features, Shape sampleShape, int[] labels, int classCount, int? ignoreLabel)
    {
        (_features, _labels, _length) = (features, labels, sampleShape.ElementCount);
        (Count, SampleShape, ClassCount, IgnoreLabel) = (labels.Length, sampleShape, classCount, ignoreLabel);
    }

    public ArrayDataset(float[] features, Shape sampleShape, float[] targets, int targetLength)
    {
        (_features, _targets, _length) = (features, targets, sampleShape.ElementCount);
        (Count, SampleShape, TargetLength) = (targets.Length / targetLength, sampleShape, targetLength);
    }

    public override int Count { get; }

    public override Shape SampleShape { get; }

    public override int ClassCount { get; }

    public override int? IgnoreLabel { get; }

    public override int TargetLength { get; }

    public override string GetFingerprint() => DatasetFingerprint.Combine(
        $"{SampleShape} {ClassCount} {TargetLength}",
        DatasetFingerprint.OfValues<float>(_features), DatasetFingerprint.OfValues<int>(_labels), DatasetFingerprint.OfValues<float>(_targets));

    public override int GetLabel(int index) => ClassCount > 0 ? Guard.At(_labels, index) : base.GetLabel(index);

    public override void CopyFeatures(int index, Span<float> features) => Features(index).CopyTo(features);

    public override void CopyTarget(int index, Span<float> target)
    {
        if (TargetLength == 0)
            base.CopyTarget(index, target);
        Target(index).CopyTo(target);
    }

    public override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        for (int row = 0; row < indices.Length; row++)
            Features(indices[row]).CopyTo(destination.Features.Row(row));
        GatherTargets(indices, destination);
    }

    private ReadOnlySpan<float> Features(int index) => _features.AsSpan(index * _length, _length);

    private ReadOnlySpan<float> Target(int index) => _targets.AsSpan(index * TargetLength, TargetLength);
}

/// <summary>Samples in an array of bytes, which are converted to <c>pixel · scale</c> when they are read.</summary>
internal sealed class ByteDataset(byte[] pixels, Shape sampleShape, byte[] labels, int classCount, float scale, int? ignoreLabel) : Dataset
{
    /// <summary>The number of samples to prefetch ahead, which covers the latency of memory.</summary>
    private const int Lookahead = 6;

    private readonly int _length = sampleShape.ElementCount;

    public override int Count => labels.Length;

    public override Shape SampleShape => sampleShape;

    public override int ClassCount => classCount;

    public override int? IgnoreLabel => ignoreLabel;

    internal override bool AreFeaturesFinite => BytePass.AreFinite(scale);

    public override string GetFingerprint() => DatasetFingerprint.Combine(
        FormattableString.Invariant($"{sampleShape} {classCount} {scale:R}"), DatasetFingerprint.OfValues<byte>(pixels), DatasetFingerprint.OfValues<byte>(labels));

    public override int GetLabel(int index) => Guard.At(labels, index);

    public override void CopyFeatures(int index, Span<float> features) => BytePass.Scale(Pixels(index), scale, features[.._length]);

    /// <summary>Prefetches the samples, because shuffled samples are scattered in memory and each would wait for its first bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        for (int row = 0; row < Math.Min(Lookahead, indices.Length); row++)
            Prefetch.Bytes(Pixels(indices[row]));
        for (int row = 0; row < indices.Length; row++)
        {
            if (row + Lookahead < indices.Length)
                Prefetch.Bytes(Pixels(indices[row + Lookahead]));
            BytePass.Scale(Pixels(indices[row]), scale, destination.Features.Row(row));
        }

        GatherTargets(indices, destination);
    }

    private ReadOnlySpan<byte> Pixels(int index) => pixels.AsSpan(index * _length, _length);
}
