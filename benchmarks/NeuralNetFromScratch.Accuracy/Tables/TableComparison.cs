using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NeuralNetFromScratch.Tables;

namespace NeuralNetFromScratch.Published.Tables;

/// <summary>
/// Learns the tables that a script writes, with the default options of the tabular estimators, and prints what they reach on rows held out beside what
/// scikit-learn's models reached on the same rows.
/// </summary>
internal static class TableComparison
{
    private const string Target = "target", Script = "tables.py", Peers = "scikit-learn.json", SplitPrefix = "test ";

    /// <summary>Runs the script into a folder, unless the folder is there, and learns all tables in it.</summary>
    public static int Run(string folder, string? only)
    {
        if (!Directory.Exists(folder))
            PythonScript.Run(Path.Combine("Tables", Script), folder);
        using JsonDocument peers = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, Peers)));
        Write($"| {"table",-13} | rows | columns | ours | MLP | linear | boosting | s: ours | MLP | boosting |");
        Write($"|---|---|---|---|---|---|---|---|---|---|");
        foreach (JsonProperty table in peers.RootElement.EnumerateObject().Where(table => only is null || table.Name == only))
            Compare(table, CsvFile.Read(Path.Combine(folder, table.Name + ".csv")));
        return 0;
    }

    private static void Compare(JsonProperty table, TabularData data)
    {
        string[] splits = [.. data.Columns.Select(column => column.Name).Where(name => name.StartsWith(SplitPrefix, StringComparison.Ordinal))];
        var scores = new List<double>();
        var watch = new Stopwatch();
        for (int split = 0; split < splits.Length; split++)
        {
            TabularColumn isTest = data[splits[split]];
            int[] rows = [.. Enumerable.Range(0, data.RowCount)];
            TabularData samples = data.Without(splits), training = samples.Subset([.. rows.Where(row => isTest.GetNumber(row) == 0)]), test = samples.Subset([.. rows.Where(row => isTest.GetNumber(row) != 0)]);
            watch.Start();
            ulong seed = (ulong)split + 1;
            if (data[Target].Type == ColumnType.Number)
            {
                var regressor = new TabularRegressor(new() { Seed = seed });
                regressor.Fit(training, Target);
                watch.Stop();
                scores.Add(regressor.Score(test));
            }
            else
            {
                var classifier = new TabularClassifier<string>(new() { Seed = seed });
                classifier.Fit(training, Target);
                watch.Stop();
                scores.Add(classifier.Score(test));
            }
        }

        int columns = data.Columns.Count - splits.Length - 1;
        Write($"| {table.Name,-13} | {data.RowCount} | {columns} | {Figures(scores)} | {Peer("mlp")} | {Peer("linear")} | {Peer("boosting")} | {watch.Elapsed.TotalSeconds / splits.Length:F1} | {Seconds("mlp"):F1} | {Seconds("boosting"):F1} |");

        string Peer(string model) => Figures([.. table.Value.GetProperty(model).GetProperty("scores").EnumerateArray().Select(score => score.GetDouble())]);
        double Seconds(string model) => table.Value.GetProperty(model).GetProperty("seconds").GetDouble();
    }

    /// <summary>Mean and standard deviation in per cent.</summary>
    private static string Figures(List<double> scores) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * scores.Average():F1} ± {100 * Result.SpreadOf(scores):F1}");

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
