using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch.Tables;

/// <summary>Options for reading a <see cref="CsvFile"/>.</summary>
public sealed record CsvOptions
{
    /// <summary>The separator of cells. If null, the default, it is the most frequent of comma, semicolon, tab and vertical bar in the first line.</summary>
    public char? Separator { get; init; }

    /// <summary>
    /// Whether the first line contains the names of the columns. If false, columns are named "column 1", "column 2" and so on. If null, the default, the first line
    /// contains the names unless one of its cells is a number.
    /// </summary>
    public bool? HasHeader { get; init; }

    /// <summary>The encoding of a file without a byte order mark. If null, the default, it is UTF-8, and invalid bytes cause an exception.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>
    /// The culture of numbers, which determines the decimal separator, and of dates in its short date pattern, without or with a time in its short or long time
    /// pattern. Thousands separators are not supported. Dates in ISO 8601 are read in any culture. Default: the invariant culture, with a decimal point.
    /// </summary>
    public CultureInfo Culture { get; init; } = CultureInfo.InvariantCulture;

    /// <summary>The texts of unquoted cells that mark a missing value. An empty cell is always missing. Default: NA, N/A, NaN, nan, null, NULL and ?.</summary>
    public IReadOnlyCollection<string> MissingMarkers { get; init; } = ["NA", "N/A", "NaN", "nan", "null", "NULL", "?"];

    /// <summary>
    /// The types of columns, by name. A cell that does not have the type of its column causes an exception. The types of other columns are inferred: numbers, Boolean
    /// values (true and false, yes and no) or dates if all cells have this type, otherwise texts. Digits with a leading 0, as in postal codes, are texts. Default:
    /// empty.
    /// </summary>
    public IReadOnlyDictionary<string, ColumnType> Types { get; init; } = new Dictionary<string, ColumnType>();

    /// <summary>
    /// The maximum decompressed size of a compressed file, in bytes, so that a small file cannot fill the memory. The table can take ten times as much memory.
    /// Positive. Default: 2³⁰, 1 GiB.
    /// </summary>
    public long MaxDecompressedBytes { get; init; } = CompressedFile.DefaultMaxBytes;

    internal void Validate()
    {
        if (Separator is { } separator && !CsvText.CanSeparate(separator))
            throw new ArgumentException($"{MessageText.Quote(separator.ToString())} cannot be the separator; use the tab or an ASCII character other than \" and #", nameof(Separator));
        ArgumentNullException.ThrowIfNull(Culture, nameof(Culture));
        ArgumentNullException.ThrowIfNull(MissingMarkers, nameof(MissingMarkers));
        ArgumentNullException.ThrowIfNull(Types, nameof(Types));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDecompressedBytes);
        foreach (ColumnType type in Types.Values)
        {
            if (!Enum.IsDefined(type))
                throw new ArgumentOutOfRangeException(nameof(Types), type, "must be a defined ColumnType");
        }
    }
}
