using System.Numerics;

namespace NeuralNetFromScratch;

/// <summary>The ranges that settings have. NaN lies in none of them.</summary>
internal static class Guard
{
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

    public static int Positive(int value, string name) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive");

    public static int NonNegative(int value, string name) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must not be negative");
}
