using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// A piece that networks and trainings are made of: a layer, activation, loss, metric, optimizer, schedule or augmentation. A part is an
/// immutable description whose whole state is its <see cref="Settings"/>: properties read them, files and checkpoints hold them. Two parts are
/// equal that have the same type and settings.
/// </summary>
/// <param name="settings">Kind and settings.</param>
public abstract class Part(Settings settings)
{
    /// <summary>Kind and settings.</summary>
    public Settings Settings { get; protected init; } = settings ?? throw new ArgumentNullException(nameof(settings));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj) || (obj is Part other && other.GetType() == GetType() && Settings.Equals(other.Settings));

    /// <inheritdoc/>
    public override int GetHashCode() => Settings.GetHashCode();

    /// <summary>Kind and settings in words: <c>dense(units=128, activation=relu)</c>.</summary>
    public override string ToString() => Settings.ToString();
}

/// <summary>A part that can be read from a file: it has a constructor that takes its settings back.</summary>
/// <typeparam name="TSelf">The part's own type.</typeparam>
public interface IPart<TSelf>
    where TSelf : Part, IPart<TSelf>
{
    /// <summary>The kind in the part's <see cref="Settings"/>.</summary>
    static abstract string Kind { get; }

    /// <summary>
    /// Makes a part of its settings, with the checks of its public constructor. It asks for every setting: one that is not asked for counts as
    /// unknown, and the file is refused.
    /// </summary>
    /// <param name="settings">The settings.</param>
    static abstract TSelf Create(Settings settings);
}

/// <summary>One named setting of a part. Its value is a <see cref="bool"/>, a number, a <see cref="string"/>, a <see cref="Part"/>, or a list of one of these.</summary>
/// <param name="Name">The name, in camel case: "learningRate".</param>
/// <param name="Value">The value; never null, since a setting without a value is left out.</param>
public sealed record Setting(string Name, object Value)
{
    /// <summary>The setting as text: <c>units=128</c>.</summary>
    public override string ToString() => $"{Name}={Text(Value)}";

    /// <summary>Whether both have the same name and values that are written the same.</summary>
    public bool Equals(Setting? other) => other is not null && Name == other.Name && Text(Value) == Text(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Text(Value));

    /// <summary>A value as text that does not depend on the culture; numbers read back to the same value.</summary>
    internal static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        bool flag => flag ? "true" : "false",
        float or double => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Text))}]",
        _ => value.ToString() ?? "",
    };
}
