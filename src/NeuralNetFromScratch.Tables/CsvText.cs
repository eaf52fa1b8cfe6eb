using System.Globalization;
using System.Text.Unicode;

namespace NeuralNetFromScratch.Tables;

/// <summary>Parses the texts of a CSV file.</summary>
internal static class CsvText
{
    /// <summary>The length of the longest row that the reader supports.</summary>
    public const int MostCharacters = 1 << 24;

    /// <summary>
    /// Whether a character can be the separator: the tab, the unit separator, or an ASCII character except control characters, the quotation mark and #.
    /// </summary>
    public static bool CanSeparate(char character) => character is '\t' or (>= '\u001f' and <= '~' and not '"' and not '#');

    /// <summary>Parses a finite number. Digits with a leading 0 are a number only if the caller asks for one.</summary>
    public static bool TryNumber(ReadOnlySpan<char> cell, CultureInfo culture, bool asked, out double number)
    {
        bool isCode = !asked && cell.Length > 1 && cell[0] == '0' && char.IsAsciiDigit(cell[1]);
        number = 0;
        return !isCode && double.TryParse(cell, NumberStyles.Float, culture, out number) && double.IsFinite(number);
    }

    public static bool TryBoolean(ReadOnlySpan<char> cell, bool asked, out bool value)
    {
        value = Is(cell, "true") || Is(cell, "yes") || (asked && Is(cell, "1"));
        return value || Is(cell, "false") || Is(cell, "no") || (asked && Is(cell, "0"));

        static bool Is(ReadOnlySpan<char> cell, string text) => cell.Equals(text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Parses a date in ISO 8601 or in the short date pattern of a culture, without or with a time in its short or long time pattern. A date with an offset is
    /// converted to UTC.
    /// </summary>
    public static bool TryDate(ReadOnlySpan<char> cell, CultureInfo culture, out DateTime date) =>
        CellText.TryDate(cell, out date)
        || (!ReferenceEquals(culture, CultureInfo.InvariantCulture)
            && (TryDate(cell, "d", culture, out date) || TryDate(cell, "g", culture, out date) || TryDate(cell, "G", culture, out date)));

    private static bool TryDate(ReadOnlySpan<char> cell, string format, CultureInfo culture, out DateTime date) =>
        DateTime.TryParseExact(cell, format, culture, DateTimeStyles.None, out date);

    /// <summary>Returns the text of a quoted cell.</summary>
    /// <param name="cell">The cell with its quotation marks.</param>
    /// <returns>The text; null if a quotation mark is misplaced.</returns>
    public static string? Unquote(ReadOnlySpan<char> cell)
    {
        if (cell.Length < 2 || cell[^1] != '"')
            return null;
        ReadOnlySpan<char> inner = cell[1..^1];
        int mark = inner.IndexOf('"');
        if (mark < 0)
            return inner.ToString();
        for (; mark >= 0 && mark < inner.Length; mark = Next(inner, mark + 2))
        {
            if (mark + 1 >= inner.Length || inner[mark + 1] != '"')
                return null;
        }

        return inner.ToString().Replace("\"\"", "\"", StringComparison.Ordinal);

        static int Next(ReadOnlySpan<char> text, int from)
        {
            int place = from < text.Length ? text[from..].IndexOf('"') : -1;
            return place < 0 ? -1 : from + place;
        }
    }

    /// <summary>Creates the exception for bytes that are not valid in an encoding.</summary>
    public static InvalidDataException WrongEncoding(string place, System.Text.Encoding encoding, Exception cause) =>
        new($"{place}: the bytes are not {encoding.WebName}; set {nameof(CsvOptions)}.{nameof(CsvOptions.Encoding)}, for example to Encoding.Latin1", cause);

    /// <summary>Returns the first line with bytes that are not UTF-8, counted from 1.</summary>
    /// <exception cref="InvalidDataException">A line before it is too long.</exception>
    public static int FirstInvalidLine(Stream stream, string file)
    {
        using StreamReader reader = CsvFile.OpenText(stream, System.Text.Encoding.Latin1, detectsEncoding: false);
        int line = 1;
        while (ReadLine(reader, file, line) is { } text && Utf8.IsValid(System.Text.Encoding.Latin1.GetBytes(text)))
            line++;
        return line;
    }

    /// <summary>Reads a line.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The name of the file for the message.</param>
    /// <param name="number">The number of the line for the message.</param>
    /// <returns>The line without its line break; null at the end.</returns>
    /// <exception cref="InvalidDataException">The line has more characters than a row can have.</exception>
    public static string? ReadLine(TextReader text, string file, int number)
    {
        var line = new System.Text.StringBuilder();
        int next = text.Read();
        if (next < 0)
            return null;
        for (; next is not (< 0 or '\r' or '\n'); next = text.Read())
        {
            if (line.Length == MostCharacters)
                throw TooLong(file, number, null);
            line.Append((char)next);
        }

        if (next == '\r' && text.Peek() == '\n')
            text.Read();
        return line.ToString();
    }

    /// <summary>Creates the exception for a row that is longer than <see cref="MostCharacters"/>.</summary>
    public static InvalidDataException TooLong(string file, int line, Exception? cause) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{MessageText.Escape(file)}, line {line}: the row has more than {MostCharacters} characters; check for a quotation mark that is not closed"), cause);
}
