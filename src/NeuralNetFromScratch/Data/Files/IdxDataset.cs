using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Samples in IDX files of bytes, which are converted to <c>byte · scale</c> when they are read. The labels, a byte for each sample, are in memory.</summary>
internal sealed class IdxDataset : FileDataset
{
    /// <summary>Neighbors are read together, up to this length.</summary>
    private const int RunBytes = 1 << 16;

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

    public override void CopyFeatures(int index, Span<float> features) => Read([index], new MatrixView(features[.._length], 1, _length));

    public override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        Read(indices, destination.Features);
        GatherTargets(indices, destination);
    }

    private protected override string Settings => FormattableString.Invariant($"{SampleShape} {ClassCount} {_scale:R} {IgnoreLabel}");

    private protected override IEnumerable<string> OtherFingerprints => [_labelsFingerprint];

    private protected override (long Offset, long Length) Extent(FilePart part, int first, int count) => (_headerLength + (long)first * _length, (long)count * _length);

    private void Read(ReadOnlySpan<int> indices, in MatrixView features)
    {
        ReadBuffer buffer = Buffers.Rent();
        try
        {
            DataFile? last = null;
            for (int row = 0; row < indices.Length;)
            {
                FilePart part = Part(indices[row]);
                if (part.File != last)
                    part.File.ThrowIfChanged();
                last = part.File;
                int run = Run(indices[row..], part);
                Span<byte> bytes = buffer.Get(run * _length);
                last.Read(bytes, Extent(part, indices[row] - part.First, run).Offset);
                for (int i = 0; i < run; i++)
                    BytePass.Scale(bytes.Slice(i * _length, _length), _scale, features.Row(row++));
            }
        }
        finally
        {
            Buffers.Return(buffer);
        }
    }

    /// <summary>The number of samples from the first index on that are in a row in its file.</summary>
    private int Run(ReadOnlySpan<int> indices, FilePart part)
    {
        int most = Math.Min(Math.Min(indices.Length, Math.Max(1, RunBytes / _length)), part.First + part.Count - indices[0]), run = 1;
        while (run < most && indices[run] == indices[run - 1] + 1)
            run++;
        return run;
    }
}
