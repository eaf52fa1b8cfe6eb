using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// The base class of parts: layers, activations, losses, metrics, optimizers, schedules and augmentations. A part is an immutable description
/// whose complete state is its <see cref="Settings"/>, which its properties read and which files and checkpoints store. Two parts are equal if
/// they have the same type and settings.
/// </summary>
/// <param name="settings">The kind and settings.</param>
public abstract class Part(Settings settings)
{
    /// <summary>The kind and settings.</summary>
    public Settings Settings { get; protected init; } = settings ?? throw new ArgumentNullException(nameof(settings));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj) || (obj is Part other && other.GetType() == GetType() && Settings.Equals(other.Settings));

    /// <inheritdoc/>
    public override int GetHashCode() => Settings.GetHashCode();

    /// <summary>Returns kind and settings as text, for example <c>dense(units=128, activation=relu)</c>.</summary>
    public override string ToString() => Settings.ToString();
}

/// <summary>A part that can be read from a file: it can be created from its settings.</summary>
/// <typeparam name="TSelf">The part's own type.</typeparam>
public interface IPart<TSelf>
    where TSelf : Part, IPart<TSelf>
{
    /// <summary>The kind in the part's <see cref="Settings"/>.</summary>
    static abstract string Kind { get; }

    /// <summary>
    /// Creates a part from its settings, with the checks of its public constructor. Implementations read every setting, because a setting that is
    /// not read counts as unknown and the file is rejected.
    /// </summary>
    /// <param name="settings">The kind and settings.</param>
    /// <returns>The part.</returns>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="InvalidDataException">A setting is missing or has the wrong type.</exception>
    static abstract TSelf Create(Settings settings);
}

/// <summary>
/// A named setting of a part. Its value is a <see cref="bool"/>, a number, a <see cref="string"/>, a <see cref="Part"/>, or a list of one of
/// these.
/// </summary>
/// <param name="Name">The name in camel case, for example "learningRate".</param>
/// <param name="Value">The value; not null. A setting without a value is omitted.</param>
public sealed record Setting(string Name, object Value)
{
    /// <summary>Returns the setting as text, for example <c>units=128</c>.</summary>
    public override string ToString() => $"{Name}={Text(Value)}";

    /// <summary>Determines whether both settings have the same name and the same text of their values.</summary>
    public bool Equals(Setting? other) => other is not null && Name == other.Name && Text(Value) == Text(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Text(Value));

    /// <summary>Converts a value to text, independently of the culture. Numbers read back to the same value.</summary>
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
