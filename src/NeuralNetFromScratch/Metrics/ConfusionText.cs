using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>A confusion matrix as text.</summary>
internal static class ConfusionText
{
    private const int MostColumns = 80, MostConfusions = 10, LongestName = 24;

    public static string Of(ConfusionMatrix matrix)
    {
        string[][] cells = Cells(matrix);
        string[] heads = ["", .. Enumerable.Range(0, matrix.Classes).Select(actual => Name(matrix, actual))];
        int head = heads.Max(name => name.Length), cell = cells.Max(row => row.Max(text => text.Length)), columns = cells[0].Length;
        for (int gap = 2; gap > 0; gap--)
        {
            if (head + columns * (gap + cell) <= MostColumns)
                return Table(heads, cells, head, gap + cell);
        }

        return Confusions(matrix);
    }

    private static string[][] Cells(ConfusionMatrix matrix)
    {
        bool hasUnpredicted = matrix.UnpredictedCount > 0;
        return
        [
            [.. Enumerable.Range(0, matrix.Classes).Select(Number), .. hasUnpredicted ? ["none"] : (string[])[]],
            .. Enumerable.Range(0, matrix.Classes).Select(actual => (string[])
            [
                .. Enumerable.Range(0, matrix.Classes).Select(predicted => Count(matrix[actual, predicted])),
                .. hasUnpredicted ? [Count(matrix.Unpredicted(actual))] : (string[])[],
            ]),
        ];

        static string Count(int count) => count == 0 ? "·" : Number(count);
    }

    private static string Table(string[] heads, string[][] cells, int head, int width)
    {
        var text = new StringBuilder("rows: actual class, columns: predicted class\n");
        for (int row = 0; row < cells.Length; row++)
        {
            text.Append(heads[row].PadRight(head));
            foreach (string cell in cells[row])
                text.Append(cell.PadLeft(width));
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The most frequent confusions, of several as frequent the first.</summary>
    private static string Confusions(ConfusionMatrix matrix)
    {
        (int Actual, int Predicted, int Count)[] all =
        [
            .. Enumerable.Range(0, matrix.Classes)
                .SelectMany(actual => Enumerable.Range(0, matrix.Classes).Select(predicted => (actual, predicted, matrix[actual, predicted])))
                .Where(entry => entry.actual != entry.predicted && entry.Item3 > 0),
        ];
        string unpredicted = matrix.UnpredictedCount == 0 ? "" : $", {FigureText.Count(matrix.UnpredictedCount)} without a prediction";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{FigureText.Count(matrix.Count)} samples of {matrix.Classes} classes, {FigureText.Count(all.Sum(entry => (long)entry.Count))} confused{unpredicted}\n");
        if (all.Length == 0)
            return text.ToString();
        string[][] rows =
        [
            ["count", "actual", "predicted"],
            .. all.OrderByDescending(entry => entry.Count).Take(MostConfusions)
                .Select(entry => (string[])[Number(entry.Count), Name(matrix, entry.Actual), Name(matrix, entry.Predicted)]),
        ];
        int[] widths = [.. Enumerable.Range(0, 2).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
            text.Append(CultureInfo.InvariantCulture, $"{row[0].PadLeft(widths[0])}  {row[1].PadRight(widths[1])}  {row[2]}\n");
        if (all.Length > MostConfusions)
            text.Append(CultureInfo.InvariantCulture, $"and {FigureText.Count(all.Length - MostConfusions)} other pairs\n");
        return text.ToString();
    }

    /// <summary>A class by number, and by name where it has one.</summary>
    private static string Name(ConfusionMatrix matrix, int index)
    {
        if (matrix.ClassNames.Count == 0 || matrix.ClassNames[index] == Number(index))
            return Number(index);
        string name = matrix.ClassNames[index];
        return $"{Number(index)} {(name.Length > LongestName ? name[..(LongestName - 1)] + "…" : name)}";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
