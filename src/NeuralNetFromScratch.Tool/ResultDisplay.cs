using System.Globalization;
using Spectre.Console;

namespace NeuralNetFromScratch.Tool;

/// <summary>Displays the confusion matrix and some digits with their predictions.</summary>
internal static class ResultDisplay
{
    private const int DigitsShown = 6, DigitsInRow = 3;

    public static void ShowConfusion(IAnsiConsole console, ConfusionMatrix confusion)
    {
        var table = new Table().Border(TableBorder.Simple).Title("Confusion matrix (rows: truth, columns: prediction)");
        table.AddColumn("");
        for (int predicted = 0; predicted < confusion.ClassCount; predicted++)
            table.AddColumn(new TableColumn(predicted.ToString(CultureInfo.InvariantCulture)).RightAligned());
        for (int actual = 0; actual < confusion.ClassCount; actual++)
        {
            IEnumerable<string> cells = Enumerable.Range(0, confusion.ClassCount).Select(predicted => Cell(confusion, actual, predicted));
            table.AddRow([actual.ToString(CultureInfo.InvariantCulture), .. cells]);
        }

        console.Write(table);
    }

    /// <summary>Draws test digits with prediction, probability and actual class, first the mistakes with the highest probability.</summary>
    public static void ShowDigits(IAnsiConsole console, IReadOnlyList<Prediction> predictions, Dataset test)
    {
        var grid = new Grid();
        for (int column = 0; column < DigitsInRow; column++)
            grid.AddColumn();
        IEnumerable<Prediction> shown = predictions
            .OrderBy(prediction => prediction.IsCorrect).ThenByDescending(prediction => prediction.Probability).Take(DigitsShown);
        foreach (Prediction[] row in shown.Chunk(DigitsInRow))
            grid.AddRow([.. row.Select(prediction => Draw(prediction, test))]);
        console.WriteLine("Digits of the test set, mistakes first:");
        console.Write(grid);
    }

    private static string Cell(ConfusionMatrix confusion, int actual, int predicted)
    {
        int count = confusion[actual, predicted];
        string text = count == 0 ? "·" : count.ToString(CultureInfo.InvariantCulture);
        return count == 0 ? $"[grey]{text}[/]" : actual == predicted ? $"[bold]{text}[/]" : $"[yellow]{text}[/]";
    }

    private static Panel Draw(Prediction prediction, Dataset test)
    {
        const string Shades = " .:-=+*#%@";
        var lines = new List<string>();
        Shape shape = test.SampleShape;
        int columns = shape[1];
        float[] pixels = new float[shape.ElementCount];
        test.CopyFeatures(prediction.Index, pixels);

        // A character is about twice as high as wide, so that a line has two rows of pixels.
        for (int y = 0; y + 1 < shape[0]; y += 2)
        {
            var line = new char[columns];
            for (int x = 0; x < columns; x++)
            {
                float shade = (pixels[y * columns + x] + pixels[(y + 1) * columns + x]) / 2;
                line[x] = Shades[(int)Math.Clamp(shade * Shades.Length, 0, Shades.Length - 1)];
            }

            lines.Add(new string(line).TrimEnd());
        }

        string caption = string.Create(
            CultureInfo.InvariantCulture,
            $"{prediction.Predicted} ({prediction.Probability:P1}) {(prediction.IsCorrect ? "right" : $"not {prediction.Truth}")}");
        return new Panel(new Text(string.Join('\n', Trim(lines, columns)))).Header(caption).Border(BoxBorder.Square);
    }

    /// <summary>Removes the empty margin of digits, so that three fit side by side.</summary>
    private static IEnumerable<string> Trim(List<string> lines, int columns)
    {
        const int Frame = 4;
        return lines.Skip(Frame / 2).SkipLast(Frame / 2).Select(line => line.PadRight(columns)[Frame..^Frame]);
    }
}
