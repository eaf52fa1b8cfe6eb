using System.Globalization;
using System.Text.Json;
using NeuralNetFromScratch.Tool.Report;
using Spectre.Console;

namespace NeuralNetFromScratch.Tool;

/// <summary>The verb <c>evaluate</c>: evaluates a saved network on the test set.</summary>
internal static class EvaluateVerb
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly Metric[] Metrics = [new Accuracy(), new F1Score(), new TopKAccuracy(2), new CalibrationError(), new ConfusionMatrixMetric()];

    public static async Task<int> RunAsync(string model, string? data, string? output, string? json, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Console;
        Sequential network = SavedModel.Load(model);
        UserFile.CheckWritable("--json", json);
        if (output is not null)
            ReportFolder.Prepare(output);
        FoundData found = await DigitSource.FindAsync(data, cancellationToken);
        var engine = new Engine();
        EvaluationResult evaluation = network.Evaluate(found.Sets.Test, metrics: Metrics, engine: engine, cancellationToken: cancellationToken);
        ConfusionMatrix confusion = evaluation.ConfusionMatrix;
        var figures = new
        {
            Dataset = found.Kind,
            TestSamples = evaluation.Count,
            TestAccuracy = evaluation.Accuracy,
            TestLoss = evaluation.Loss,
            MacroF1 = evaluation["f1"].Value,
            Top2Accuracy = evaluation["top-2-accuracy"].Value,
            CalibrationError = evaluation["calibration-error"].Value,
        };
        console.WriteLine(Invariant($"Test accuracy {figures.TestAccuracy:P2}, loss {figures.TestLoss:F4} on {figures.TestSamples:N0} samples."));
        console.WriteLine(Invariant($"Macro F1 {figures.MacroF1:F4}, top-2 accuracy {figures.Top2Accuracy:P2}, calibration error {figures.CalibrationError:P2}"));
        ResultDisplay.ShowConfusion(console, confusion);
        if (output is not null)
        {
            IReadOnlyList<string> written = ReportFolder.Write(output, new RunReport
            {
                Title = $"{Path.GetFileName(model)} on the test set",
                Network = network,
                Test = found.Sets.Test,
                Evaluation = evaluation,
                Predictions = Prediction.Of(network.Predict(found.Sets.Test, engine), found.Sets.Test),
                Settings = [("model", model), ("data", found.Kind), .. RunSettings.Machine(engine.ThreadCount, engine.MultiplyAdd)],
            });
            Console.WriteLine($"Wrote to {output}: {string.Join(", ", written)}");
        }

        if (json is not null)
            await File.WriteAllTextAsync(json, JsonSerializer.Serialize(figures, Format) + "\n", cancellationToken);
        return ExitCode.Success;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
