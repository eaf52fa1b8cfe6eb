using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>A number as it stands in a file, until a part says which type it has: no digit is lost on the way.</summary>
internal sealed record NumberText(string Text) : IFormattable
{
    public string ToString(string? format, IFormatProvider? formatProvider) => Text;

    public override string ToString() => Text;

    /// <summary>The number as one of the types that settings have; null where it is none of that type.</summary>
    public object? As(Type type)
    {
        const NumberStyles Whole = NumberStyles.AllowLeadingSign;
        if (type == typeof(float))
            return float.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out float single) && float.IsFinite(single) ? single : null;
        if (type == typeof(double))
            return double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
        if (type == typeof(int))
            return int.TryParse(Text, Whole, CultureInfo.InvariantCulture, out int integer) ? integer : null;
        if (type == typeof(long))
            return long.TryParse(Text, Whole, CultureInfo.InvariantCulture, out long wide) ? wide : null;
        return type == typeof(ulong) && ulong.TryParse(Text, Whole, CultureInfo.InvariantCulture, out ulong unsigned) ? unsigned : null;
    }
}
