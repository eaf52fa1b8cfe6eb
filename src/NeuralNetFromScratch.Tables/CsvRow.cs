using nietras.SeparatedValues;

namespace NeuralNetFromScratch.Tables;

/// <summary>The current row of a CSV file.</summary>
internal sealed class CsvRow
{
    private readonly SepReader _reader;
    private readonly string _file;

    private CsvRow(SepReader reader, string file) => (_reader, _file) = (reader, file);

    /// <summary>The line in which the row begins, counted from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The number of cells.</summary>
    public int Count => _reader.Current.ColCount;

    /// <summary>Returns the rows, without empty lines.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">The separator of cells.</param>
    /// <param name="skipsLine">Whether the first line only specifies the separator.</param>
    /// <param name="file">The name of the file in messages.</param>
    /// <param name="firstLine">The number of the first line in messages.</param>
    public static IEnumerable<CsvRow> Of(TextReader text, char separator, bool skipsLine, string file, int firstLine = 1)
    {
        int next = firstLine;
        while (skipsLine && CsvText.ReadLine(text, file, next) is { } line)
        {
            next++;
            if (line.Trim().Length > 0)
                break;
        }

        int offset = next - 1;
        using SepReader reader = Sep.New(separator).Reader(options => options with { HasHeader = false, DisableColCountCheck = true, Unescape = false }).From(text);
        var row = new CsvRow(reader, file);
        while (row.MoveNext(next))
        {
            row.Line = next;
            next = offset + reader.Current.LineNumberToExcl;
            if (row.Count > 1 || !reader.Current[0].Span.Trim().IsEmpty)
                yield return row;
        }
    }

    /// <summary>Returns a cell without the quotation marks or white space around it.</summary>
    /// <param name="index">The index of the cell.</param>
    /// <param name="column">The name of the column; null for its number.</param>
    /// <param name="isQuoted">Whether the cell is quoted.</param>
    /// <exception cref="InvalidDataException">A quotation mark is misplaced.</exception>
    public ReadOnlySpan<char> Cell(int index, string? column, out bool isQuoted)
    {
        ReadOnlySpan<char> cell = _reader.Current[index].Span.Trim();
        isQuoted = cell.Length > 0 && cell[0] == '"';
        if (!isQuoted && !cell.Contains('"'))
            return cell;
        string? text = isQuoted ? CsvText.Unquote(cell) : null;
        return text ?? throw Wrong(index, column, "a quotation mark is misplaced; enclose a cell that contains one in quotation marks, and double each mark inside");
    }

    public InvalidDataException Wrong(int index, string? column, string what) =>
        new($"{MessageText.Escape(_file)}, line {Line}, column {(column is null ? $"{index + 1}" : MessageText.Quote(column))}: {what}");

    public InvalidDataException Wrong(string what) => new($"{MessageText.Escape(_file)}, line {Line}: {what}");

    private bool MoveNext(int line)
    {
        try
        {
            return _reader.MoveNext();
        }
        catch (NotSupportedException exception)
        {
            throw CsvText.TooLong(_file, line, exception);
        }
    }
}
