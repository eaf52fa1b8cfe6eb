namespace NeuralNetFromScratch;

/// <summary>Formats rows of cells as text in columns.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    /// <summary>Characters of a text from a file that a cell shows.</summary>
    private const int MostCharacters = 24;

    /// <summary>The width of a table in characters.</summary>
    public const int MostColumns = 80;

    /// <summary>A text from a file as a cell: control characters are escaped, and a long text is cut.</summary>
    public static string Cell(string text) => MessageText.Cut(text, text.Length > MostCharacters ? MostCharacters - 1 : MostCharacters);

    /// <summary>The table as text with a line feed after each row.</summary>
    public static string Of(IReadOnlyList<string[]> rows, int firstNumber = int.MaxValue) => string.Concat(Lines(rows, firstNumber).Select(line => $"{line}\n"));

    /// <summary>The rows as lines of text.</summary>
    /// <param name="rows">The rows, with the same number of cells each; the first one has the headings.</param>
    /// <param name="firstNumber">The first column that is right-aligned, as numbers are; the columns before it are left-aligned.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<string[]> rows, int firstNumber = int.MaxValue)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        return rows.Select(row => string.Join(Gap, row.Select((cell, column) => column < firstNumber ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }
}
