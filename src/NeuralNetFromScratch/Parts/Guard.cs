using System.Globalization;
using System.Numerics;

namespace NeuralNetFromScratch;

/// <summary>Checks the ranges of options and settings. The messages have the name, the range and the value. NaN is out of every range.</summary>
internal static class Guard
{
    /// <summary>Creates the exception for a value that is out of range. Numbers are formatted with the invariant culture.</summary>
    /// <param name="name">The name of the option as in the user's code.</param>
    /// <param name="value">The value.</param>
    /// <param name="range">The range, for example "must be positive".</param>
    public static ArgumentOutOfRangeException OutOfRange(string name, object value, string range) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"{name} {range}, got {value}"));

    public static T Finite<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        T.IsFinite(value) ? value : throw OutOfRange(name, value, "must be finite");

    public static T NonNegative<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        T.IsFinite(value) && value >= T.Zero ? value : throw OutOfRange(name, value, "must be finite and not negative");

    public static T Positive<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        T.IsFinite(value) && value > T.Zero ? value : throw OutOfRange(name, value, "must be finite and positive");

    /// <summary>Checks that a value is at least 0 and less than 1.</summary>
    public static T Fraction<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        value >= T.Zero && value < T.One ? value : throw OutOfRange(name, value, "must be at least 0 and less than 1");

    /// <summary>Checks that a value is more than 0 and less than 1.</summary>
    public static T Between0And1<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        value > T.Zero && value < T.One ? value : throw OutOfRange(name, value, "must be more than 0 and less than 1");

    /// <summary>Checks that a value is 0 to 1.</summary>
    public static T Share<T>(T value, string name)
        where T : IFloatingPointIeee754<T> =>
        value >= T.Zero && value <= T.One ? value : throw OutOfRange(name, value, "must be 0 to 1");

    public static float? NonNegativeOrNone(float? value, string name) => value is { } number ? NonNegative(number, name) : null;

    public static float? PositiveOrNone(float? value, string name) => value is { } number ? Positive(number, name) : null;

    /// <summary>Computes the number of values of some rows and checks that an array can hold them.</summary>
    public static int Length(int rows, long valuesPerRow) => rows >= 0 && rows * valuesPerRow <= Array.MaxLength
        ? (int)(rows * valuesPerRow)
        : throw new ArgumentOutOfRangeException(
            nameof(rows), rows, string.Create(CultureInfo.InvariantCulture, $"the number of rows must not be negative, and an array must be able to hold {valuesPerRow} values for each"));

    /// <summary>Returns an element of an array and checks the caller's index.</summary>
    public static T At<T>(T[] values, int index) => (uint)index < (uint)values.Length
        ? values[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, string.Create(CultureInfo.InvariantCulture, $"there are {values.Length} samples"));

    public static TEnum Defined<TEnum>(TEnum value, string name)
        where TEnum : struct, Enum =>
        Enum.IsDefined(value) ? value : throw OutOfRange(name, value, $"must be {string.Join(" or ", Enum.GetNames<TEnum>())}");

    public static int Positive(int value, string name) =>
        value > 0 ? value : throw OutOfRange(name, value, "must be positive");

    /// <summary>Checks that a text is not empty.</summary>
    public static string NotEmpty(string value, string name)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value.Length > 0 ? value : throw new ArgumentException($"{name} must not be empty", name);
    }

    public static int NonNegative(int value, string name) =>
        value >= 0 ? value : throw OutOfRange(name, value, "must not be negative");
}

/// <summary>A number as text from a file. It is converted when a part reads it with a type, so that no digits are lost.</summary>
internal sealed record NumberText(string Text) : IFormattable
{
    public string ToString(string? format, IFormatProvider? formatProvider) => Text;

    public override string ToString() => Text;

    /// <summary>Converts the number to one of the types of settings; null if it is not of that type.</summary>
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
