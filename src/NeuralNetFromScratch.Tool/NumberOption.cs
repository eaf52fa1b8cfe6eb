using System.CommandLine;
using System.Globalization;

namespace NeuralNetFromScratch.Tool;

/// <summary>Creates options with a number.</summary>
internal static class NumberOption
{
    /// <summary>Creates an option whose value is null if it is not given. Text that is not a number and a number out of range have the same error message.</summary>
    /// <typeparam name="T">The type of the number.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="description">The description in the help.</param>
    /// <param name="isValid">Whether a number is in range.</param>
    /// <param name="requirement">The range as text after the name: "must be …".</param>
    public static Option<T?> Create<T>(string name, string description, Func<T, bool> isValid, string requirement)
        where T : struct, ISpanParsable<T> =>
        new(name)
        {
            Description = description,
            CustomParser = result =>
            {
                string text = string.Join(' ', result.Tokens.Select(token => token.Value));
                // "0,1" would be read as 01, since the comma is the thousands separator of the invariant culture.
                if (!text.Contains(',', StringComparison.Ordinal) && T.TryParse(text, CultureInfo.InvariantCulture, out T value) && isValid(value))
                    return value;
                result.AddError($"{name} {requirement}, got {text}");
                return null;
            },
        };
}
