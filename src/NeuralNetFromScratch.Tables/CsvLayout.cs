using System.Globalization;

namespace NeuralNetFromScratch.Tables;

/// <summary>The layout of a CSV file: separator, names of the columns, and lines before the rows.</summary>
/// <param name="Separator">The separator of cells.</param>
/// <param name="Names">The names of the columns.</param>
/// <param name="SkipsSeparatorLine">Whether the first line only specifies the separator.</param>
/// <param name="HasHeader">Whether the first row contains the names.</param>
internal sealed record CsvLayout(char Separator, string[] Names, bool SkipsSeparatorLine, bool HasHeader)
{
    private const string SeparatorLine = "sep=";
    private const int MostColumns = 1_000_000;
    private const string Separators = ",;\t|";

    public static CsvLayout Of(Func<TextReader> open, string file, CsvOptions options)
    {
        (char separator, bool skips) = FindSeparator(open, file, options);
        using TextReader text = open();
        foreach (CsvRow row in CsvRow.Of(text, separator, skips, file))
        {
            if (row.Count > MostColumns)
                throw row.Wrong($"expected at most {MostColumns} columns, got {row.Count}");
            var cells = new string[row.Count];
            bool hasNumber = false;
            for (int i = 0; i < cells.Length; i++)
            {
                ReadOnlySpan<char> cell = row.Cell(i, column: null, out _);
                cells[i] = cell.ToString();
                hasNumber |= CsvText.TryNumber(cell, options.Culture, asked: true, out _);
            }

            bool hasHeader = options.HasHeader ?? !hasNumber;
            string[] names = [.. cells.Select((cell, column) => hasHeader && cell.Length > 0 ? cell : string.Create(CultureInfo.InvariantCulture, $"column {column + 1}"))];
            if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new InvalidDataException($"{MessageText.Escape(file)}, line {row.Line}: two columns have the name {MessageText.Quote(twice.Key)}");
            foreach (string name in options.Types.Keys)
            {
                if (!names.Contains(name, StringComparer.Ordinal))
                    throw new ArgumentException($"{MessageText.Escape(file)} has no column {MessageText.Quote(name)}; it has {MessageText.Names(names)}", nameof(options));
            }

            return new(separator, names, skips, hasHeader);
        }

        throw new InvalidDataException($"{MessageText.Escape(file)} is empty; expected a line with the names of the columns, then a line for each row");
    }

    /// <summary>Returns the separator in a line "sep=", or the most frequent separator of the first line outside quotation marks.</summary>
    private static (char Separator, bool SkipsLine) FindSeparator(Func<TextReader> open, string file, CsvOptions options)
    {
        using TextReader text = open();
        int number = 1;
        string? line = CsvText.ReadLine(text, file, number);
        while (line is not null && line.Trim().Length == 0)
            line = CsvText.ReadLine(text, file, ++number);
        if (line is null)
            return (options.Separator ?? Separators[0], false);
        if (line.Contains('\0', StringComparison.Ordinal))
            throw new InvalidDataException($"{MessageText.Escape(file)}, line {number}: the text contains the character U+0000; set {nameof(CsvOptions)}.{nameof(CsvOptions.Encoding)} to Encoding.Unicode if the file is UTF-16 without a byte order mark");
        bool specifies = line.StartsWith(SeparatorLine, StringComparison.OrdinalIgnoreCase) && line.Length == SeparatorLine.Length + 1;
        if (options.Separator is { } asked)
            return (asked, specifies);
        if (specifies && !CsvText.CanSeparate(line[^1]))
            throw new InvalidDataException($"{MessageText.Escape(file)}, line {number}: {MessageText.Quote(line[^1..])} cannot be the separator");
        if (specifies)
            return (line[^1], true);
        var counts = new int[Separators.Length];
        bool quoted = false;
        foreach (char character in line)
        {
            quoted ^= character == '"';
            int place = Separators.IndexOf(character, StringComparison.Ordinal);
            if (!quoted && place >= 0)
                counts[place]++;
        }

        return (Separators[Array.IndexOf(counts, counts.Max())], false);
    }
}
