using System.CommandLine;
using System.Globalization;

namespace NeuralNetFromScratch.Samples.Tabular;

/// <summary>The program: learns a table, and says how well it does on rows that it has not seen.</summary>
internal static class TabularCommand
{
    private const int BadUsage = 2;

    /// <summary>Every fifth row of each class is held out.</summary>
    private const int HeldOut = 5;

    /// <returns>The exit code; an error is one line.</returns>
    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        Argument<string> file = new("file")
        {
            Description = "Table with a header: comma-, semicolon- or tab-separated.",
            DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "iris.csv"),
        };
        Option<string?> label = new("--label") { Description = "Column with the classes; the last one if not given." };
        var command = new RootCommand("Trains a classifier on a CSV file; without a file, on Fisher's iris data.") { file, label };
        command.SetAction(result => Learn(Table.Read(result.GetRequiredValue(file), result.GetValue(label)), output));
        ParseResult parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            error.WriteLine(parsed.Errors[0].Message);
            return BadUsage;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = error });
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            error.WriteLine(exception.Message);
            return BadUsage;
        }
    }

    private static void Learn(Table table, TextWriter output)
    {
        (int[] training, int[] test) = Divide(table);
        (float[][] features, string[] labels) = Rows(table, training);
        (float[][] newFeatures, string[] newLabels) = Rows(table, test);

        var classifier = new TabularClassifier<string>();
        classifier.Fit(features, labels);
        string[] predicted = classifier.Predict(newFeatures);

        int right = predicted.Zip(newLabels).Count(pair => pair.First == pair.Second);
        output.WriteLine($"{table.LabelName} ({string.Join(", ", classifier.Classes)}) from {string.Join(", ", table.FeatureNames)}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Learned {labels.Length:N0} rows; of {newLabels.Length:N0} that were held out {right:N0} are right: {(double)right / newLabels.Length:P1}"));
    }

    private static (int[] Training, int[] Test) Divide(Table table)
    {
        ILookup<bool, int> rows = table.Labels.Index()
            .GroupBy(row => row.Item, row => row.Index)
            .SelectMany(group => group.Select((row, number) => (Row: row, IsHeldOut: number % HeldOut == HeldOut - 1)))
            .ToLookup(entry => entry.IsHeldOut, entry => entry.Row);
        return rows.Contains(true)
            ? ([.. rows[false]], [.. rows[true]])
            : throw new InvalidDataException($"expected at least one class with {HeldOut} rows, so that one can be held out; there are {table.Labels.Count} rows");
    }

    private static (float[][] Features, string[] Labels) Rows(Table table, int[] rows) =>
        ([.. rows.Select(row => table.Features[row])], [.. rows.Select(row => table.Labels[row])]);
}
