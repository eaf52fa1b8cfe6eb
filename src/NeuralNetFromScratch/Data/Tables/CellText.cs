using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Converts cells of a table to text and back, in the invariant culture.</summary>
internal static class CellText
{
    private static readonly string[] DateFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd' 'HH:mm", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK",
    ];

    public static string Of(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    public static string Of(bool flag) => flag ? "true" : "false";

    public static string Of(DateTime date) => date.ToString(date.TimeOfDay == TimeSpan.Zero ? DateFormats[0] : DateFormats[2], CultureInfo.InvariantCulture);

    /// <summary>Returns a number with at most four significant digits.</summary>
    public static string Short(double number) => number.ToString("G4", CultureInfo.InvariantCulture);

    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    public static bool? Boolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "1" => true,
        "FALSE" or "NO" or "0" => false,
        _ => null,
    };

    /// <summary>Parses a date in ISO 8601. A date with an offset is converted to UTC.</summary>
    public static bool TryDate(ReadOnlySpan<char> text, out DateTime date) =>
        DateTime.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out date);
}
