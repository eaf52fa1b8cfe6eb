using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>A network as a table.</summary>
internal static class NetworkSummary
{
    public static string Of(Sequential network)
    {
        var rows = new List<string[]> { (string[])["layer", "", "output", "parameters", "memory"] };
        foreach (ChainNode node in network.Nodes)
        {
            long count = 0;
            for (int i = 0; i < node.ParameterCount; i++)
                count += network.Parameters[node.FirstParameter + i].Shape.ElementCount;
            rows.Add([node.Name, node.Layer.ToString(), node.OutputShape.ToString(), Count(count), Memory(count)]);
        }

        long total = network.Parameters.TrainableCount;
        rows.Add(["total", $"input {network.InputShape}", "", Count(total), Memory(total)]);

        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        string rule = new('─', widths.Sum() + 2 * (widths.Length - 1));
        for (int row = 0; row < rows.Count; row++)
        {
            if (row == 1 || row == rows.Count - 1)
                text.Append(rule).Append('\n');
            // Words to the left, figures to the right.
            string line = string.Join("  ", rows[row].Select((cell, column) => column < 3 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])));
            text.Append(line.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Memory(long count) => string.Create(CultureInfo.InvariantCulture, $"{count * sizeof(float) / 1024.0:N1} KB");
}
