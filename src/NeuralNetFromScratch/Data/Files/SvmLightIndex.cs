using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// An index of the lines of svmlight files, built in one pass: the position, the label and the number of values of each sample. The values are not read.
/// </summary>
internal sealed class SvmLightIndex(SvmLightOptions options) : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly List<long> _offsets = [];
    private readonly List<int> _lengths = [];
    private readonly List<double> _labels = [];
    private int _least = int.MaxValue, _most = -1;
    private string _mostPlace = "";

    public FileParts Parts { get; } = new();

    /// <summary>The position of each sample in its file, in bytes.</summary>
    public List<long> Offsets => _offsets;

    /// <summary>The number of stored values of each sample.</summary>
    public List<int> Lengths => _lengths;

    public List<double> Labels => _labels;

    /// <summary>The number of the first column in the files.</summary>
    public int FirstColumn => options.IsZeroBased ?? _least == 0 ? 0 : 1;

    /// <exception cref="InvalidDataException">A column is above the number of columns in the options.</exception>
    public int ColumnCount
    {
        get
        {
            int count = Math.Max(_most + 1 - FirstColumn, 1);
            return options.ColumnCount is { } expected && count > expected
                ? throw new InvalidDataException($"{_mostPlace}: column {_most} exceeds the {expected} columns, which are counted from {FirstColumn}")
                : options.ColumnCount ?? count;
        }
    }

    /// <exception cref="InvalidDataException">
    /// A line has no label, or its first or last element is not a column with a value. The message names the file and the line.
    /// </exception>
    public void Add(string path)
    {
        DataFile file = Parts.Open(path);
        int before = _offsets.Count;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        var lines = new LineReader(stream, file.Name);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            line = SvmLightLine.WithoutComment(line).Trim(SvmLightLine.Spaces);
            if (!line.IsEmpty)
                AddSample(lines, line);
        }

        file.ThrowIfChanged();
        Parts.Add(file, _offsets.Count - before);
    }

    public void Dispose() => Parts.Dispose();

    private void AddSample(LineReader lines, ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> token = SvmLightLine.TakeLabel(ref line);
        if (!SvmLightLine.TryLabel(token, out double label))
            throw lines.Malformed($"{SvmLightLine.Shown(token)} is not a label; expected a finite number");
        int length = line.Count((byte)':');
        if (!line.IsEmpty)
        {
            _least = Math.Min(_least, Column(lines, line[..(line.IndexOfAny(SvmLightLine.Spaces) is >= 0 and int end ? end : line.Length)]));
            int last = Column(lines, line[(line.LastIndexOfAny(SvmLightLine.Spaces) + 1)..]);
            if (last > _most)
                (_most, _mostPlace) = (last, string.Create(CultureInfo.InvariantCulture, $"{lines.Source}, line {lines.Number}"));
        }

        if (_offsets.Count == int.MaxValue)
            throw lines.Malformed($"a data set has at most {int.MaxValue} samples");
        _offsets.Add(lines.Place);
        _lengths.Add(length);
        _labels.Add(label);
    }

    private int Column(LineReader lines, ReadOnlySpan<byte> token) =>
        SvmLightLine.TryElement(token, options.IsZeroBased == false ? 1 : 0, -1, out int column, out _, out string? error) ? column : throw lines.Malformed(error);
}
