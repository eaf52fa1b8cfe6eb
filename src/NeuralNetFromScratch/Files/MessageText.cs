using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>
/// Names and texts from files, as messages show them: cut, since a file can hold a name of a hundred million characters, and with control characters
/// escaped, since one could steer the terminal that shows the message. What only looks like another text (marks of direction, characters without
/// width) and halves of surrogate pairs are escaped too.
/// </summary>
internal static class MessageText
{
    /// <summary>Characters of the text that are shown.</summary>
    public const int MostCharacters = 100;

    private const char Cut = '…';

    /// <summary>The text as it is shown.</summary>
    public static string Of(string? text)
    {
        if (text is null)
            return "";
        ReadOnlySpan<char> shown = text.AsSpan(0, Math.Min(text.Length, MostCharacters));
        // No pair is cut in two.
        if (shown.Length < text.Length && char.IsHighSurrogate(shown[^1]))
            shown = shown[..^1];
        var result = new StringBuilder(shown.Length + 1);
        while (!shown.IsEmpty)
        {
            bool isWhole = Rune.DecodeFromUtf16(shown, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            if (isWhole && IsHarmless(rune))
                result.Append(shown[..length]);
            else
                Escape(result, shown[..length]);
            shown = shown[length..];
        }

        return text.Length > MostCharacters ? result.Append(Cut).ToString() : result.ToString();
    }

    /// <summary>The text in quotation marks.</summary>
    public static string Quote(string? text) => $"\"{Of(text)}\"";

    /// <summary>A list of texts: the first ones, and how many more there are.</summary>
    public static string List(IEnumerable<string> texts)
    {
        const int Most = 20;
        string[] shown = [.. texts.Take(Most + 1)];
        if (shown.Length <= Most)
            return string.Join(", ", shown.Select(Of));
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", shown.Take(Most).Select(Of))}, and {texts.Count() - Most} more");
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);

    private static void Escape(StringBuilder result, ReadOnlySpan<char> characters)
    {
        foreach (char character in characters)
            result.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
    }
}
