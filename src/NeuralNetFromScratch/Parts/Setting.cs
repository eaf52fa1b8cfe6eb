using System.Globalization;

namespace NeuralNetFromScratch;

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
    internal static string Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        float or double => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Text))}]",
        _ => value.ToString() ?? "",
    };
}
