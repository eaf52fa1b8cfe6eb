using System.CommandLine;
using System.Globalization;

namespace NeuralNetFromScratch.Tool;

/// <summary>Options with a number.</summary>
internal static class NumberOption
{
    /// <summary>An option whose value is null if it is not given; what is no number, or none that may be, gets one and the same answer.</summary>
    /// <typeparam name="T">The kind of number.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="description">Its line in the help.</param>
    /// <param name="isValid">Which numbers may be.</param>
    /// <param name="requirement">The same in words, to follow the name: "must be …".</param>
    public static Option<T?> Create<T>(string name, string description, Func<T, bool> isValid, string requirement)
        where T : struct, ISpanParsable<T> =>
        new(name)
        {
            Description = description,
            CustomParser = result =>
            {
                string text = string.Join(' ', result.Tokens.Select(token => token.Value));
                // "0,1" would be read as 01: a comma parts thousands in the invariant culture.
                if (!text.Contains(',', StringComparison.Ordinal) && T.TryParse(text, CultureInfo.InvariantCulture, out T value) && isValid(value))
                    return value;
                result.AddError($"{name} {requirement}, got {text}");
                return null;
            },
        };
}
