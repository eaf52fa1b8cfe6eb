using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch.Tables;

/// <summary>How a <see cref="CsvFile"/> is read.</summary>
public sealed record CsvOptions
{
    /// <summary>What stands between the cells of a line. Null, the default, is the one of comma, semicolon, tabulator and vertical bar that the first line has most of.</summary>
    public char? Separator { get; init; }

    /// <summary>
    /// Whether the first line names the columns; if not, they are called "column 1", "column 2" and so on. Null, the default: it does unless one of its cells is
    /// a number.
    /// </summary>
    public bool? HasHeader { get; init; }

    /// <summary>The encoding of a file without a byte order mark. Null, the default, is UTF-8, and a file that is not is refused.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>
    /// How numbers are written, the decimal sign above all, without signs between thousands; dates may also be written in its short pattern. Default: the invariant
    /// culture, with a decimal point. Dates as ISO 8601 writes them are read in any culture.
    /// </summary>
    public CultureInfo Culture { get; init; } = CultureInfo.InvariantCulture;

    /// <summary>Cells that mean that a value is missing, unless they are quoted. An empty cell always does. Default: NA, N/A, NaN, nan, null, NULL and ?.</summary>
    public IReadOnlyCollection<string> MissingMarkers { get; init; } = ["NA", "N/A", "NaN", "nan", "null", "NULL", "?"];

    /// <summary>
    /// The types of columns, by name; a cell that is not of its column's type is refused. Those of others are found: numbers, truth values (true, false, yes, no) and
    /// dates where all cells are such, else texts. Digits with a leading 0, as in postal codes, are texts.
    /// </summary>
    public IReadOnlyDictionary<string, ColumnType> Types { get; init; } = new Dictionary<string, ColumnType>();

    internal void Validate()
    {
        if (Separator is '"' or '\r' or '\n')
            throw new ArgumentException("a quotation mark or the end of a line cannot separate cells", nameof(Separator));
        ArgumentNullException.ThrowIfNull(Culture, nameof(Culture));
        ArgumentNullException.ThrowIfNull(MissingMarkers, nameof(MissingMarkers));
        ArgumentNullException.ThrowIfNull(Types, nameof(Types));
        foreach (ColumnType type in Types.Values)
        {
            if (!Enum.IsDefined(type))
                throw new ArgumentOutOfRangeException(nameof(Types), type, "there is no such type of a column");
        }
    }
}
