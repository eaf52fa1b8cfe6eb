using System.Buffers;
using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch.Tables;

/// <summary>
/// An index of the rows of CSV files, built in one pass: the position and the line number of each row. Cells are not parsed, but line breaks within quotation marks
/// do not end a row.
/// </summary>
/// <param name="options">The options.</param>
internal sealed class CsvIndex(CsvOptions options) : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private static readonly SearchValues<byte> Marks = SearchValues.Create("\r\n\""u8);

    private readonly byte[] _buffer = new byte[BufferBytes];

    public FileParts Parts { get; } = new();

    /// <summary>The position of each row in its file, in bytes.</summary>
    public List<long> Offsets { get; } = [];

    /// <summary>The number of the line in which each row begins in its file, from 1.</summary>
    public List<int> Lines { get; } = [];

    /// <summary>The layout of the first file.</summary>
    public CsvLayout Layout { get; private set; } = null!;

    /// <exception cref="InvalidDataException">The columns differ from those of the earlier files, or the file ends within quotation marks or is too long.</exception>
    public void Add(string path)
    {
        DataFile file = Parts.Open(path);
        int before = Offsets.Count;
        CsvLayout layout = FindLayout(path);
        Layout ??= layout;
        if (!layout.Names.AsSpan().SequenceEqual(Layout.Names) || layout.Separator != Layout.Separator)
            throw new InvalidDataException($"{file.Name} has the columns {MessageText.Names(layout.Names)}, but the first file {MessageText.Names(Layout.Names)}");
        FindRows(file, layout);
        file.ThrowIfChanged();
        Parts.Add(file, Offsets.Count - before);
    }

    public void Dispose() => Parts.Dispose();

    private CsvLayout FindLayout(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Encoding encoding = CsvFile.EncodingOf(options);
        try
        {
            return CsvLayout.Of(() => CsvFile.OpenText(FromStart(), encoding), Path.GetFileName(path), options);
        }
        catch (DecoderFallbackException exception)
        {
            throw CsvText.WrongEncoding($"{MessageText.Escape(Path.GetFileName(path))}, line {CsvText.FirstInvalidLine(FromStart(), Path.GetFileName(path))}", encoding, exception);
        }

        FileStream FromStart()
        {
            stream.Position = 0;
            return stream;
        }
    }

    /// <summary>Records the rows after the header. A row is a line that is not blank, together with the lines that its quoted cells continue on.</summary>
    private void FindRows(DataFile file, CsvLayout layout)
    {
        int skipped = (layout.SkipsSeparatorLine ? 1 : 0) + (layout.HasHeader ? 1 : 0), line = 1, rowLine = 1;
        bool isQuoted = false, hasContent = false, isAfterReturn = false;
        long start = file.ReadUpTo(_buffer.AsSpan(0, 3), 0) == 3 && _buffer.AsSpan(0, 3).SequenceEqual<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0;
        if (start == 0 && (_buffer.AsSpan(0, 2).SequenceEqual<byte>([0xFF, 0xFE]) || _buffer.AsSpan(0, 2).SequenceEqual<byte>([0xFE, 0xFF])))
            throw new InvalidDataException($"{file.Name}: the ends of lines cannot be found in UTF-16; convert the file to UTF-8");
        for (long place = start; place < file.Length;)
        {
            ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, file.ReadUpTo(_buffer, place));
            if (bytes.IsEmpty)
                break;
            for (int next = 0; next < bytes.Length;)
            {
                int mark = bytes[next..].IndexOfAny(Marks), end = mark < 0 ? bytes.Length : next + mark;
                hasContent = hasContent || HasContent(bytes[next..end], layout.Separator);
                isAfterReturn = isAfterReturn && mark == 0;
                next = end + 1;
                if (mark < 0)
                    break;
                bool isSecond = isAfterReturn && bytes[end] == '\n';
                isAfterReturn = bytes[end] == '\r';
                if (bytes[end] == '"')
                {
                    (isQuoted, hasContent) = (!isQuoted, true);
                    continue;
                }

                line += isSecond ? 0 : 1;
                if (isQuoted)
                    continue;
                if (hasContent)
                    Note(start, rowLine);
                (start, rowLine, hasContent) = (place + next, line, false);
            }

            place += bytes.Length;
        }

        if (isQuoted)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}, line {rowLine}: the quotation marks of the row are not closed before the end of the file"));
        if (hasContent)
            Note(start, rowLine);

        void Note(long offset, int number)
        {
            if (skipped-- > 0)
                return;
            skipped = 0;
            if (Offsets.Count == int.MaxValue)
                throw new InvalidDataException($"{file.Name}: a table has at most {int.MaxValue} rows");
            Offsets.Add(offset);
            Lines.Add(number);
        }
    }

    private static bool HasContent(ReadOnlySpan<byte> bytes, char separator) =>
        bytes.IndexOfAnyExcept(" \t\v\f"u8) >= 0 || (separator == '\t' && bytes.Contains((byte)'\t'));
}
