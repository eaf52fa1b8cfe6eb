using System.Buffers.Text;
using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Reads samples of an svmlight text in blocks.</summary>
/// <param name="stream">The text.</param>
/// <param name="source">The name of the text in messages.</param>
/// <param name="options">The options.</param>
internal sealed class SvmLightReader(Stream stream, string source, SvmLightOptions options)
{
    private readonly LineReader _lines = new(stream, source);
    private List<int> _offsets = [], _columns = [], _labelOffsets = [];
    private List<float> _values = [];
    private List<double> _labels = [];
    private List<long> _queryIds = [];
    private bool? _hasQueryIds;
    private int _least, _most;
    private string _mostPlace = "";

    /// <summary>Reads the next samples.</summary>
    /// <param name="count">The maximum number of samples.</param>
    /// <returns>The samples; null if there are no more.</returns>
    /// <exception cref="InvalidDataException">The text is malformed; the message names the line.</exception>
    public SvmLightData? Read(int count)
    {
        (_offsets, _columns, _values, _labels, _labelOffsets, _queryIds) = ([0], [], [], [], options.IsMultiLabel ? [0] : [], []);
        (_least, _most) = (int.MaxValue, -1);
        while (_offsets.Count <= count && _lines.TryRead(out ReadOnlySpan<byte> line))
        {
            line = SvmLightLine.WithoutComment(line);
            bool hasLabels = !options.IsMultiLabel || (line.Length > 0 && !SvmLightLine.IsSpace(line[0]));
            line = line.Trim(SvmLightLine.Spaces);
            if (!line.IsEmpty)
                ReadSample(line, hasLabels);
        }

        if (_offsets.Count == 1 && count < int.MaxValue)
            return null;
        bool isZeroBased = options.IsZeroBased ?? _least == 0;
        int columnCount = Math.Max(_most + (isZeroBased ? 1 : 0), 1);
        if (options.ColumnCount is { } expected)
        {
            if (columnCount > expected)
                throw new InvalidDataException($"{_mostPlace}: column {_most} exceeds the {expected} columns, which are counted from {(isZeroBased ? 0 : 1)}");
            columnCount = expected;
        }

        int[] columns = [.. _columns];
        _columns = [];
        if (!isZeroBased)
        {
            foreach (ref int column in columns.AsSpan())
                column--;
        }

        return new SvmLightData([.. _offsets], columns, [.. _values], columnCount, [.. _labels], [.. _labelOffsets], [.. _queryIds], isZeroBased);
    }

    /// <summary>Parses a line: labels, an optional query, and columns with values.</summary>
    private void ReadSample(ReadOnlySpan<byte> line, bool hasLabels)
    {
        if (hasLabels)
            ReadLabels(SvmLightLine.Next(ref line));
        if (options.IsMultiLabel)
            _labelOffsets.Add(_labels.Count);
        bool hasQuery = line.StartsWith("qid:"u8);
        if (hasQuery)
            ReadQuery(SvmLightLine.Next(ref line)["qid:".Length..]);
        if (hasQuery != (_hasQueryIds ??= hasQuery))
            throw _lines.Malformed(hasQuery ? "has a query, but the samples before it have none" : "has no query, but the samples before it have one");
        int last = -1;
        while (!line.IsEmpty)
            last = ReadElement(SvmLightLine.Next(ref line), last);
        _offsets.Add(_columns.Count);
    }

    private void ReadLabels(ReadOnlySpan<byte> token)
    {
        while (options.IsMultiLabel && token.IndexOf((byte)',') is >= 0 and int comma)
        {
            AddLabel(token[..comma]);
            token = token[(comma + 1)..];
        }

        AddLabel(token);
    }

    private void AddLabel(ReadOnlySpan<byte> token)
    {
        if (!SvmLightLine.TryLabel(token, out double label))
            throw _lines.Malformed($"{SvmLightLine.Shown(token)} is not a label; {(options.IsMultiLabel ? "expected comma-separated integers" : "expected a finite number")}");
        if (options.IsMultiLabel && label != Math.Floor(label))
            throw _lines.Malformed($"the label {SvmLightLine.Shown(token)} is not an integer");
        _labels.Add(label);
    }

    private void ReadQuery(ReadOnlySpan<byte> token)
    {
        if (!Utf8Parser.TryParse(token, out long query, out int length) || length != token.Length)
            throw _lines.Malformed($"{SvmLightLine.Shown(token)} is not the number of a query");
        _queryIds.Add(query);
    }

    /// <returns>The column, as counted in the file.</returns>
    private int ReadElement(ReadOnlySpan<byte> token, int last)
    {
        if (!SvmLightLine.TryElement(token, options.IsZeroBased == false ? 1 : 0, last, out int column, out float value, out string? error))
            throw _lines.Malformed(error);
        if (_columns.Count >= options.MaxElementCount)
            throw _lines.Malformed($"there are more than {options.MaxElementCount} values; set {nameof(SvmLightOptions)}.{nameof(SvmLightOptions.MaxElementCount)}, or read blocks");
        _columns.Add(column);
        _values.Add(value);
        _least = Math.Min(_least, column);
        if (column > _most)
            (_most, _mostPlace) = (column, $"{source}, line {_lines.Number.ToString(CultureInfo.InvariantCulture)}");
        return column;
    }
}
