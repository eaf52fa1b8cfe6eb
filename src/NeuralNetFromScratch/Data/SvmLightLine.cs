using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>Splits a line of an svmlight text into tokens.</summary>
internal static class SvmLightLine
{
    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The characters that separate tokens.</summary>
    public static ReadOnlySpan<byte> Spaces => " \t"u8;

    public static bool IsSpace(byte character) => character is (byte)' ' or (byte)'\t';

    /// <summary>Returns the line without its comment.</summary>
    public static ReadOnlySpan<byte> WithoutComment(ReadOnlySpan<byte> line)
    {
        int comment = line.IndexOf((byte)'#');
        return comment >= 0 ? line[..comment] : line;
    }

    /// <summary>Removes the label, and a query if there is one. Returns the label.</summary>
    public static ReadOnlySpan<byte> TakeLabel(ref ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> label = Next(ref line);
        if (line.StartsWith("qid:"u8))
            Next(ref line);
        return label;
    }

    /// <summary>Returns the next token of a line and removes it from the line.</summary>
    public static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny(Spaces);
        ReadOnlySpan<byte> token = end < 0 ? line : line[..end];
        line = end < 0 ? [] : line[end..].TrimStart(Spaces);
        return token;
    }

    public static bool TryLabel(ReadOnlySpan<byte> token, out double label) =>
        double.TryParse(token, Number, CultureInfo.InvariantCulture, out label) && double.IsFinite(label);

    /// <summary>Reads a column and its value.</summary>
    /// <param name="token">The token.</param>
    /// <param name="first">The number of the first column.</param>
    /// <param name="last">The previous column, which must be less than the new one; −1 for none.</param>
    /// <param name="column">Receives the column as counted in the file.</param>
    /// <param name="value">Receives the value.</param>
    /// <param name="error">Receives a description of the error; null if there is none.</param>
    public static bool TryElement(ReadOnlySpan<byte> token, int first, int last, out int column, out float value, [NotNullWhen(false)] out string? error)
    {
        value = 0;
        error = null;
        if (!Utf8Parser.TryParse(token, out column, out int length) || length >= token.Length || token[length] != ':' || column == int.MaxValue)
            error = $"expected a column and a value such as 3:0.5, got {Shown(token)}";
        else if (column < first)
            error = $"columns are counted from {first}, got {column}";
        else if (column <= last)
            error = $"columns must ascend, got {column} after {last}";
        else if (!float.TryParse(token[(length + 1)..], Number, CultureInfo.InvariantCulture, out value) || !float.IsFinite(value))
            error = $"the value of column {column} must be a finite number, got {Shown(token[(length + 1)..])}";
        return error is null;
    }

    /// <summary>Returns a piece of the text in the form that messages contain.</summary>
    public static string Shown(ReadOnlySpan<byte> text) => MessageText.Quote(Encoding.Latin1.GetString(text[..Math.Min(text.Length, MessageText.MostCharacters + 1)]));
}
