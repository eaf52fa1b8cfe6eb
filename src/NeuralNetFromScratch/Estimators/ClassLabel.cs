using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Labels as text and back, the same in every culture.</summary>
internal static class ClassLabel
{
    public static string Text<TLabel>(TLabel label)
        where TLabel : notnull =>
        label is IFormattable formattable ? formattable.ToString(IsDate<TLabel>() ? "O" : null, CultureInfo.InvariantCulture) : label.ToString() ?? "";

    /// <summary>What makes a label of its text; it throws <see cref="FormatException"/> and the like where the text is none.</summary>
    /// <exception cref="NotSupportedException">The type is none of text, number, enumeration, truth value, character, date.</exception>
    public static Func<string, TLabel> Parser<TLabel>()
        where TLabel : notnull
    {
        if (typeof(TLabel).IsEnum)
            return text => (TLabel)Enum.Parse(typeof(TLabel), text);
        if (IsDate<TLabel>())
            return text => (TLabel)(object)DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        if (typeof(IConvertible).IsAssignableFrom(typeof(TLabel)))
            return text => (TLabel)Convert.ChangeType(text, typeof(TLabel), CultureInfo.InvariantCulture);
        throw new NotSupportedException($"labels of type {typeof(TLabel).Name} need a function that makes them of their text");
    }

    private static bool IsDate<TLabel>() => typeof(TLabel) == typeof(DateTime);
}
