using System.Globalization;
using System.Text.Unicode;

namespace NeuralNetFromScratch.Tables;

/// <summary>Texts of a CSV file.</summary>
internal static class CsvText
{
    private static readonly string[] DateFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd' 'HH:mm", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>A finite number. Digits with a leading 0 are one only where a number is asked for.</summary>
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

    /// <summary>A date as ISO 8601 or a culture's short pattern writes it; one with an offset from UTC becomes UTC.</summary>
    public static bool TryDate(ReadOnlySpan<char> cell, CultureInfo culture, out DateTime date) =>
        DateTime.TryParseExact(cell, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out date)
        || (!ReferenceEquals(culture, CultureInfo.InvariantCulture) && DateTime.TryParseExact(cell, culture.DateTimeFormat.ShortDatePattern, culture, DateTimeStyles.None, out date));

    /// <summary>What a quoted cell says.</summary>
    /// <param name="cell">The cell as it stands in the file.</param>
    /// <returns>Null where a quotation mark is out of place.</returns>
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

    /// <summary>The first line with bytes that are not UTF-8.</summary>
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
