using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Samples in IDX files of bytes, which are converted to <c>byte · scale</c> when they are read. The labels are in memory, one byte for each sample.
/// </summary>
internal sealed class IdxDataset : FileDataset
{
    private readonly string _labelsFingerprint;
    private readonly byte[] _labels;
    private readonly int _length, _headerLength;
    private readonly float _scale;

    public IdxDataset(FileParts parts, Shape sampleShape, byte[] labels, string labelsFingerprint, int classCount, float scale, int? ignoreLabel)
        : base(parts)
    {
        (SampleShape, ClassCount, IgnoreLabel) = (sampleShape, classCount, ignoreLabel);
        (_labels, _labelsFingerprint, _length, _scale) = (labels, labelsFingerprint, sampleShape.ElementCount, scale);
        _headerLength = IdxFile.HeaderLength(1 + sampleShape.Rank);
    }

    public override Shape SampleShape { get; }

    public override int ClassCount { get; }

    public override int? IgnoreLabel { get; }

    public override int GetLabel(int index) => Guard.At(_labels, index);

    internal override bool AreFeaturesFinite => BytePass.AreFinite(_scale);

    private protected override string Settings => FormattableString.Invariant($"{SampleShape} {ClassCount} {_scale:R} {IgnoreLabel}");

    private protected override IEnumerable<string> OtherFingerprints => [_labelsFingerprint];

    private protected override (long Offset, long Length) Extent(FilePart part, int first, int count) => (_headerLength + (long)first * _length, (long)count * _length);

    private protected override void Decode(FilePart part, int index, ReadOnlySpan<byte> bytes, in BatchDestination destination, int row, ReadBuffer scratch) =>
        BytePass.Scale(bytes, _scale, destination.Features.Row(row));
}
