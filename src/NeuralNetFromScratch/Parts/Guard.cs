using System.Globalization;
using System.Numerics;

namespace NeuralNetFromScratch;

/// <summary>The ranges that settings have. NaN lies in none of them.</summary>
internal static class Guard
{
    public static T Finite<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        T.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite");

    public static T NonNegative<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        T.IsFinite(value) && value >= T.Zero ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and not negative");

    public static T Positive<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        T.IsFinite(value) && value > T.Zero ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and positive");

    /// <summary>0 to less than 1.</summary>
    public static T Fraction<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        value >= T.Zero && value < T.One ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and less than 1");

    /// <summary>More than 0 and less than 1.</summary>
    public static T Between0And1<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        value > T.Zero && value < T.One ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be more than 0 and less than 1");

    /// <summary>0 to 1.</summary>
    public static T Share<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        value >= T.Zero && value <= T.One ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 to 1");

    public static float? NonNegativeOrNone(float? value, string name) => value is { } number ? NonNegative(number, name) : null;

    public static float? PositiveOrNone(float? value, string name) => value is { } number ? Positive(number, name) : null;

    /// <summary>A number of values for some rows, which memory must be able to hold.</summary>
    public static int Length(int rows, long valuesPerRow) => rows >= 0 && rows * valuesPerRow <= Array.MaxLength
        ? (int)(rows * valuesPerRow)
        : throw new ArgumentOutOfRangeException(
            nameof(rows), rows, string.Create(CultureInfo.InvariantCulture, $"the number of rows must not be negative, and {valuesPerRow} values for each must fit into memory"));

    /// <summary>An element of an array by an index that a caller gives.</summary>
    public static T At<T>(T[] values, int index) => (uint)index < (uint)values.Length
        ? values[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, string.Create(CultureInfo.InvariantCulture, $"there are {values.Length} samples"));

    public static TEnum Defined<TEnum>(TEnum value, string name)
        where TEnum : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {string.Join(" or ", Enum.GetNames<TEnum>())}");

    public static int Positive(int value, string name) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive");

    public static int NonNegative(int value, string name) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must not be negative");
}

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
