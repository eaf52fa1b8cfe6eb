using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Converts labels to text and back, independently of the culture.</summary>
internal static class ClassLabel
{
    public static string Text<TLabel>(TLabel label)
        where TLabel : notnull =>
        label is IFormattable formattable ? formattable.ToString(IsDate<TLabel>() ? "O" : null, CultureInfo.InvariantCulture) : label.ToString() ?? "";

    /// <summary>
    /// Returns a function that converts a text to a label. It throws <see cref="FormatException"/> or a similar exception for other texts.
    /// </summary>
    /// <exception cref="NotSupportedException">The type is not a string, number, enumeration, Boolean, character or date.</exception>
    public static Func<string, TLabel> Parser<TLabel>()
        where TLabel : notnull
    {
        if (typeof(TLabel).IsEnum)
            return text => (TLabel)Enum.Parse(typeof(TLabel), text);
        if (typeof(TLabel) == typeof(bool))
            return text => (TLabel)(object)(CellText.Boolean(text) ?? throw new FormatException("expected true, false, yes, no, 1 or 0"));
        if (IsDate<TLabel>())
            return text => (TLabel)(object)DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        if (typeof(IConvertible).IsAssignableFrom(typeof(TLabel)))
            return text => (TLabel)Convert.ChangeType(text, typeof(TLabel), CultureInfo.InvariantCulture);
        throw new NotSupportedException($"labels of type {typeof(TLabel).Name} require the argument parse, a function that converts a text to a label");
    }

    private static bool IsDate<TLabel>() => typeof(TLabel) == typeof(DateTime);
}
