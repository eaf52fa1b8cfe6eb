using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Sparse samples in svmlight files. Their lines are read when they are needed. Their positions, labels and numbers of values are in memory.</summary>
internal sealed class SvmLightDataset : FileDataset
{
    private readonly long[] _offsets;
    private readonly int[] _lengths, _labels;
    private readonly float[] _targets;
    private readonly int _firstColumn;
    private readonly string _classes;

    /// <param name="index">The lines of the files. The data set becomes its owner.</param>
    /// <param name="classes">The label of each class; null if the labels are targets.</param>
    /// <exception cref="ArgumentException">A label is not among the classes.</exception>
    public SvmLightDataset(SvmLightIndex index, IReadOnlyList<double>? classes)
        : base(index.Parts)
    {
        SparseColumnCount = index.ColumnCount;
        (_offsets, _lengths, _firstColumn) = ([.. index.Offsets], [.. index.Lengths], index.FirstColumn);
        SampleShape = [SparseColumnCount];
        _labels = classes is null ? [] : SvmLightData.ClassesOf(index.Labels, classes);
        _targets = classes is null ? [.. index.Labels.Select(label => (float)label)] : [];
        ClassCount = classes?.Count ?? 0;
        TargetLength = classes is null ? 1 : 0;
        _classes = classes is null ? "targets" : string.Join(' ', classes.Select(label => label.ToString("R", CultureInfo.InvariantCulture)));
    }

    public override Shape SampleShape { get; }

    public override int SparseColumnCount { get; }

    public override int ClassCount { get; }

    public override int TargetLength { get; }

    public override int GetLabel(int index) => ClassCount > 0 ? Guard.At(_labels, index) : base.GetLabel(index);

    public override void CopyTarget(int index, Span<float> target)
    {
        if (TargetLength == 0)
            base.CopyTarget(index, target);
        target[0] = Guard.At(_targets, index);
    }

    public override int GetSparseLength(int index) => Guard.At(_lengths, index);

    private protected override string Settings => FormattableString.Invariant($"{SparseColumnCount} from {_firstColumn}, {_classes}");

    private protected override (long Offset, long Length) Extent(FilePart part, int first, int count)
    {
        long offset = _offsets[part.First + first], end = first + count < part.Count ? _offsets[part.First + first + count] : part.File.Length;
        return (offset, end - offset);
    }

    private protected override void Decode(FilePart part, int index, ReadOnlySpan<byte> bytes, in BatchDestination destination, int row, ReadBuffer scratch)
    {
        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = SvmLightLine.WithoutComment(end < 0 ? bytes : bytes[..end]).TrimEnd("\r"u8).Trim(SvmLightLine.Spaces);
        SvmLightLine.TakeLabel(ref line);
        Span<int> columns = destination.IsSparse ? destination.GetSparseColumns(row) : [];
        Span<float> values = destination.IsSparse ? destination.GetSparseValues(row) : destination.Features.Row(row);
        if (!destination.IsSparse)
            values.Clear();
        int last = -1, count = 0;
        for (; !line.IsEmpty; count++)
        {
            if (!SvmLightLine.TryElement(SvmLightLine.Next(ref line), _firstColumn, last, out int column, out float value, out string? error))
                throw Malformed(part, index, error);
            if (column - _firstColumn >= SparseColumnCount)
                throw Malformed(part, index, $"column {column} exceeds the {SparseColumnCount} columns, which are counted from {_firstColumn}");
            if (count == _lengths[index])
                break;
            if (destination.IsSparse)
                (columns[count], values[count]) = (column - _firstColumn, value);
            else
                values[column - _firstColumn] = value;
            last = column;
        }

        if (!line.IsEmpty || count != _lengths[index])
            throw Malformed(part, index, $"expected {_lengths[index]} values, as when the file was opened");
    }

    private InvalidDataException Malformed(FilePart part, int index, string what) => part.File.Malformed(_offsets[index], index, what);
}
