using System.Diagnostics;
using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Writes lines of text and, on a terminal, a progress bar below them that is redrawn in place.</summary>
/// <param name="writer">The writer.</param>
/// <param name="isTerminal">Whether it is a terminal.</param>
/// <param name="width">Returns the terminal's width in columns; 80 if null.</param>
internal sealed class ConsoleBar(TextWriter writer, bool isTerminal, Func<int>? width = null)
{
    /// <summary>One column less than the usual 80, because some terminals begin a new line after the last column.</summary>
    private const int Columns = 79, BarWidth = 24;

    private static readonly long Interval = Stopwatch.Frequency / 10;

    private long _shown, _start;
    private int _length;

    public bool IsTerminal => isTerminal;

    /// <summary>Whether a bar would be drawn now: on a terminal, at most ten times a second.</summary>
    public bool IsDue => isTerminal && (_shown == 0 || Stopwatch.GetTimestamp() - _shown >= Interval);

    /// <summary>Draws the bar if the writer is a terminal.</summary>
    /// <param name="title">The text before the bar.</param>
    /// <param name="fraction">The fraction that is done, 0 to 1.</param>
    /// <param name="note">The text after the bar.</param>
    /// <param name="isNew">Whether a new task begins. The remaining time is estimated from its start.</param>
    public void Show(string title, double fraction, string note, bool isNew)
    {
        if (!isTerminal)
            return;
        _shown = Stopwatch.GetTimestamp();
        if (isNew)
            _start = _shown;
        fraction = Math.Clamp(fraction, 0, 1);
        int done = (int)(fraction * BarWidth);
        double seconds = Stopwatch.GetElapsedTime(_start, _shown).TotalSeconds;
        string left = seconds > 1 && fraction > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {seconds * (1 - fraction) / fraction:F0} s left") : "";
        Draw(string.Create(
            CultureInfo.InvariantCulture, $"{title} [{new string('=', done)}{new string(' ', BarWidth - done)}] {fraction * 100,3:F0} %  {note}{left}"));
    }

    /// <summary>Writes a line in place of the bar.</summary>
    public void WriteLine(string text)
    {
        Clear();
        writer.WriteLine(text);
        writer.Flush();
    }

    /// <summary>Erases the bar.</summary>
    public void Clear()
    {
        if (_length > 0)
            writer.Write("\r" + new string(' ', _length) + "\r");
        writer.Flush();
        (_length, _shown) = (0, 0);
    }

    private void Draw(string text)
    {
        int columns = width?.Invoke() is { } known and > 1 ? Math.Min(Columns, known - 1) : Columns;
        if (text.Length > columns)
            text = text[..columns];
        writer.Write("\r" + text.PadRight(_length));
        writer.Flush();
        _length = Math.Max(_length, text.Length);
    }
}
