using System.CommandLine;
using System.Globalization;
using NeuralNetFromScratch;
using NeuralNetFromScratch.Tables;

Argument<string> file = new("file")
{
    Description = "Table: comma-, semicolon- or tab-separated, or Parquet.",
    DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "iris.csv"),
};
Option<string?> target = new("--target", "--label") { Description = "Column to predict, a class or a number; the last one if not given." };
Option<bool> isNumber = new("--regression") { Description = "Predict the column as a number." };
var command = new RootCommand("Trains on a table; without an argument, on Fisher's irises.") { file, target, isNumber };
command.SetAction(async result =>
{
    string path = result.GetRequiredValue(file);
    TabularData data = path.EndsWith(".parquet", StringComparison.Ordinal) ? await ParquetFile.ReadAsync(path) : CsvFile.Read(path);
    string column = result.GetValue(target) ?? data.Columns[^1].Name;
    bool regression = result.GetValue(isNumber);
    (TabularData training, TabularData test) = data.DropMissing(column).Split(0.2, stratifyBy: regression ? null : column);
    TabularEstimator estimator = regression ? Regress(training, column) : Classify(training, column);
    Console.WriteLine($"Predicts {column} from\n{estimator.Plan}");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Trained on {training.RowCount:N0} rows. Evaluation on the {test.RowCount:N0} rows held out:\n{estimator.Evaluate(test, regression ? [new R2(), new Mae()] : null)}"));
    Console.WriteLine($"Importance: {string.Join(", ", estimator.PermutationImportance(test).Take(5))}");
});
ParseResult parsed = command.Parse(args);
try
{
    if (parsed.Errors.Count == 0)
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    Console.Error.WriteLine(parsed.Errors[0].Message);
}
catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
{
    Console.Error.WriteLine(exception.Message);
}

return 2;

static TabularEstimator Classify(TabularData data, string column)
{
    var classifier = new TabularClassifier<string>();
    classifier.Fit(data, column);
    return classifier;
}

static TabularEstimator Regress(TabularData data, string column)
{
    var regressor = new TabularRegressor();
    regressor.Fit(data, column);
    return regressor;
}
