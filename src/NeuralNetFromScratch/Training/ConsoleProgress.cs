using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// Shows the progress of a training or a download on the console. It writes a line for each epoch with the loss and metrics of the training and
/// validation samples, the duration in seconds and the number of threads. On a terminal it also draws a bar that moves within the epoch. A line
/// has at most 80 columns: metrics that do not fit are omitted, the last ones first; <see cref="Trainer.History"/> has all of them. Numbers are
/// formatted with the invariant culture. A step that shows nothing allocates nothing.
/// </summary>
public sealed class ConsoleProgress : IProgress<TrainingProgress>, IProgress<DownloadProgress>, ITrainingDisplay
{
    private const int Columns = 80, Gap = 2;

    private readonly Lock _lock = new();
    private readonly ConsoleBar _bar;
    private string _heading = "";
    private string _file = "";
    private int _epoch;

    /// <summary>Creates a progress display that writes to the console's output.</summary>
#pragma warning disable RS0030 // The only code of the library that writes to the console. Its caller requests this.
    public ConsoleProgress()
        : this(Console.Out, !Console.IsOutputRedirected && !OperatingSystem.IsBrowser(), ConsoleWidth)
    {
    }

    private static int ConsoleWidth()
    {
        try
        {
            return OperatingSystem.IsBrowser() ? 0 : Console.WindowWidth;
        }
        catch (IOException)
        {
            return 0;
        }
    }
#pragma warning restore RS0030

    /// <summary>Creates a progress display that writes to the specified writer.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="isTerminal">
    /// Whether a carriage return moves to the start of the line, as on a terminal. If true, a progress bar is drawn. Default: false.
    /// </param>
    public ConsoleProgress(TextWriter writer, bool isTerminal = false)
        : this(writer, isTerminal, width: null)
    {
    }

    internal ConsoleProgress(TextWriter writer, bool isTerminal, Func<int>? width)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _bar = new ConsoleBar(writer, isTerminal, width);
    }

    bool ITrainingDisplay.IsDue => _bar.IsDue;

    void ITrainingDisplay.End()
    {
        lock (_lock)
            _bar.Clear();
    }

    /// <summary>Shows the progress of a training. <see cref="Trainer.Fit"/> calls this method.</summary>
    /// <param name="value">The progress.</param>
    public void Report(TrainingProgress value)
    {
        lock (_lock)
        {
            if (value.FinishedEpoch is { } epoch)
            {
                Write(epoch, value);
                return;
            }

            bool isNew = value.Epoch != _epoch || value.Step <= 1;
            _epoch = value.Epoch;
            _bar.Show(
                Invariant($"epoch {EpochText(value)}"), (double)value.Step / value.StepCount, Invariant($"loss {FigureText.Of(value.Loss)}"), isNew);
        }
    }

    /// <summary>Shows the progress of a download: a bar on a terminal, otherwise a line for each file.</summary>
    /// <param name="value">The progress.</param>
    public void Report(DownloadProgress value)
    {
        lock (_lock)
        {
            string file = Invariant($"{value.File} ({value.FileNumber} of {value.FileCount})");
            bool isNew = file != _file;
            _file = file;
            if (!_bar.IsTerminal)
            {
                if (isNew)
                    _bar.WriteLine($"fetching {file}");
                return;
            }

            string size = Invariant($"{value.BytesReceived / 1e6:F1} MB");
            if (value.TotalBytes is { } total && value.BytesReceived >= total)
                _bar.WriteLine($"fetched {file}, {size}");
            else if (isNew || _bar.IsDue)
                _bar.Show(file, (double)value.BytesReceived / (value.TotalBytes ?? long.MaxValue), size, isNew);
        }
    }

    private void Write(EpochRecord epoch, in TrainingProgress progress)
    {
        int metrics = epoch.Training.Metrics.Count;
        List<Cell> cells = Cells(epoch, progress, metrics);
        while (metrics > 0 && Width(cells) > Columns)
            cells = Cells(epoch, progress, --metrics);

        string heading = string.Join(Environment.NewLine, Headings(cells));
        if (progress.Epoch == 1 || heading != _heading)
            _bar.WriteLine(heading);
        _heading = heading;
        _bar.WriteLine(Row(cells, cell => cell.Text));
    }

    private static List<Cell> Cells(EpochRecord epoch, in TrainingProgress progress, int metrics)
    {
        var cells = new List<Cell> { new("", "epoch", EpochText(progress)) };
        AddFigures(cells, "training", epoch.Training, metrics);
        if (epoch.Validation is { } validation)
            AddFigures(cells, "validation", validation, metrics);
        cells.Add(new("", "seconds", epoch.Duration.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture)));
        cells.Add(new("", "threads", progress.ThreadCount.ToString(CultureInfo.InvariantCulture)));
        return cells;
    }

    private static void AddFigures(List<Cell> cells, string group, EvaluationResult result, int metrics)
    {
        cells.Add(new(group, "loss", FigureText.Of(result.Loss)));
        foreach (Metric metric in result.Metrics.Take(metrics).Where(metric => result[metric].ConfusionMatrix is null))
            cells.Add(new("", metric.Name, FigureText.Of(result[metric].Value)));
    }

    /// <summary>The names of the columns and, if there are validation samples, a line above them with the names of the groups.</summary>
    private static IEnumerable<string> Headings(List<Cell> cells)
    {
        string names = Row(cells, cell => cell.Name);
        return cells.Exists(cell => cell.Group == "validation") ? [Row(cells, cell => cell.Group).TrimEnd(), names] : [names];
    }

    private static string Row(List<Cell> cells, Func<Cell, string> text) =>
        string.Join(new string(' ', Gap), cells.Select(cell => text(cell).PadLeft(cell.Width)));

    private static int Width(List<Cell> cells) => cells.Sum(cell => cell.Width) + Gap * (cells.Count - 1);

    private static string EpochText(in TrainingProgress progress)
    {
        string all = progress.EpochCount.ToString(CultureInfo.InvariantCulture);
        return progress.Epoch.ToString(CultureInfo.InvariantCulture).PadLeft(all.Length) + "/" + all;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A value of a line, with the headings above it. The width depends on the names, so that columns are aligned from line to line.
    /// </summary>
    private readonly record struct Cell(string Group, string Name, string Text)
    {
        private const int FigureWidth = 8;

        public int Width => Math.Max(Math.Max(Name.Length, Group.Length), Name is "epoch" or "seconds" or "threads" ? Text.Length : Math.Max(FigureWidth, Text.Length));
    }
}

/// <summary>A progress display that needs few reports within an epoch and is notified when the training ends.</summary>
internal interface ITrainingDisplay
{
    /// <summary>Whether a report within the epoch would be shown.</summary>
    bool IsDue { get; }

    /// <summary>Ends the display when the training has ended for any reason.</summary>
    void End();
}
