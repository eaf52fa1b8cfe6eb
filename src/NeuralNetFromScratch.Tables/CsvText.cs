using System.Globalization;
using System.Text.Unicode;

namespace NeuralNetFromScratch.Tables;

/// <summary>Parses the texts of a CSV file.</summary>
internal static class CsvText
{
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

    /// <summary>Parses a date in ISO 8601 or in the short date pattern of a culture. A date with an offset is converted to UTC.</summary>
    public static bool TryDate(ReadOnlySpan<char> cell, CultureInfo culture, out DateTime date) =>
        CellText.TryDate(cell, out date)
        || (!ReferenceEquals(culture, CultureInfo.InvariantCulture) && DateTime.TryParseExact(cell, culture.DateTimeFormat.ShortDatePattern, culture, DateTimeStyles.None, out date));

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
    public static long FirstInvalidLine(Stream stream, long start)
    {
        stream.Position = start;
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        long line = 1;
        while (reader.ReadLine() is { } text && Utf8.IsValid(System.Text.Encoding.Latin1.GetBytes(text)))
            line++;
        return line;
    }
}
