using System.Buffers;
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

    private const int MostItems = 20, MostOfMessage = 8_000;

    private const char Ellipsis = '…';

    /// <summary>The text as it is shown.</summary>
    public static string Of(string? text) => Cut(text, MostCharacters);

    /// <summary>The text as it is shown, with fewer characters.</summary>
    /// <param name="text">The text; null is shown as an empty one.</param>
    /// <param name="most">Characters of the text that are shown.</param>
    public static string Cut(string? text, int most)
    {
        if (text is null)
            return "";
        ReadOnlySpan<char> shown = text.AsSpan(0, Math.Min(text.Length, most));
        // No pair is cut in two.
        if (shown.Length < text.Length && char.IsHighSurrogate(shown[^1]))
            shown = shown[..^1];
        var result = new StringBuilder(shown.Length + 1);
        Append(result, shown, keepsLines: false);
        return text.Length > most ? result.Append(Ellipsis).ToString() : result.ToString();
    }

    /// <summary>The text in quotation marks.</summary>
    public static string Quote(string? text) => $"\"{Of(text)}\"";

    /// <summary>A list of texts or numbers: the first ones, and how many more there are.</summary>
    public static string List<T>(IReadOnlyCollection<T> items) => List(items, ", ", item => Of(Convert.ToString(item, CultureInfo.InvariantCulture)));

    /// <summary>A list of names in quotation marks: the first ones, and how many more there are.</summary>
    public static string Names(IReadOnlyCollection<string> names) => List(names, ", ", Quote);

    /// <summary>A list of sentences about a file, whose names are shown already.</summary>
    public static string Sentences(IReadOnlyCollection<string> sentences) => List(sentences, "; ", sentence => sentence);

    /// <summary>A message that may hold anything: control characters but line breaks are escaped, and only its beginning is kept.</summary>
    public static string Whole(string message) => message.Length > MostOfMessage ? Escape(message[..MostOfMessage]) + Ellipsis : Escape(message);

    /// <summary>A text of any length with its control characters escaped, line breaks excepted.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        Append(result, text, keepsLines: true);
        return result.ToString();
    }

    /// <summary>What a reader throws over an exception that arose from the contents of a file.</summary>
    /// <param name="where">The file, or a part of it.</param>
    /// <param name="cause">The exception. It is left out where its message was cut or escaped: it would bring the whole text back.</param>
    public static InvalidDataException Malformed(string where, Exception cause)
    {
        string message = Whole(cause.Message);
        return new($"{Escape(where)}: {message}", message == cause.Message ? cause : null);
    }

    private static string List<T>(IReadOnlyCollection<T> items, string separator, Func<T, string> text)
    {
        string shown = string.Join(separator, items.Take(MostItems).Select(text));
        return items.Count <= MostItems ? shown : string.Create(CultureInfo.InvariantCulture, $"{shown}{separator}and {items.Count - MostItems} more");
    }

    private static void Append(StringBuilder result, ReadOnlySpan<char> text, bool keepsLines)
    {
        while (!text.IsEmpty)
        {
            bool isWhole = Rune.DecodeFromUtf16(text, out Rune rune, out int length) == OperationStatus.Done;
            if ((isWhole && IsHarmless(rune)) || (keepsLines && text[0] is '\r' or '\n'))
                result.Append(text[..length]);
            else
                Escape(result, text[..length]);
            text = text[length..];
        }
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);

    private static void Escape(StringBuilder result, ReadOnlySpan<char> characters)
    {
        foreach (char character in characters)
            result.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
    }
}
