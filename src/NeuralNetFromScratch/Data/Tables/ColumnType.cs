using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>The type of a column's cells.</summary>
public enum ColumnType
{
    /// <summary>Numbers.</summary>
    Number,

    /// <summary>Texts, for example categories and names.</summary>
    Text,

    /// <summary>Boolean values.</summary>
    Boolean,

    /// <summary>Dates, with or without a time of day.</summary>
    Date,
}

/// <summary>Names of column types.</summary>
internal static class ColumnTypeNames
{
    public static string Name(this ColumnType type) => type switch
    {
        ColumnType.Number => "number",
        ColumnType.Text => "text",
        ColumnType.Boolean => "boolean",
        _ => "date",
    };
}

/// <summary>The places of rows in a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Unit">What the numbers count: "line" or "row".</param>
/// <param name="Numbers">The number of each row.</param>
internal sealed record RowSource(string File, string Unit, int[] Numbers)
{
    public string Place(int row) => string.Create(CultureInfo.InvariantCulture, $"{MessageText.Escape(File)}, {Unit} {Numbers[row]}");

    /// <summary>The places of some of the rows, in a given order.</summary>
    public RowSource Rows(ReadOnlySpan<int> rows)
    {
        var numbers = new int[rows.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = Guard.At(Numbers, rows[i]);
        return this with { Numbers = numbers };
    }
}
