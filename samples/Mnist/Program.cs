using System.CommandLine;
using NeuralNetFromScratch.Samples.Mnist;

var commandLine = new CommandLine();
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // The first Ctrl+C asks for an orderly end, the second one insists.
    pressed.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
};

commandLine.Root.SetAction(result => Session.RunAsync(commandLine.Read(result), cancellation.Token));
commandLine.Train.SetAction(result => Session.RunAsync(commandLine.Read(result), cancellation.Token));
commandLine.Evaluate.SetAction(result => EvaluateVerb.RunAsync(
    commandLine.SavedModel(result), commandLine.Data(result), commandLine.Json(result), cancellation.Token));
commandLine.Predict.SetAction(result => PredictVerb.Run(commandLine.SavedModel(result), commandLine.Images(result)));
commandLine.Export.SetAction(result => ExportVerb.Run(commandLine.SavedModel(result), commandLine.Onnx(result)));
ParseResult result = commandLine.Root.Parse(args);
if (result.Errors.Count > 0)
{
    Console.Error.WriteLine(result.Errors[0].Message);
    return ExitCode.BadUsage;
}

try
{
    return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
{
    Console.Error.WriteLine(exception.Message);
    return ExitCode.BadUsage;
}
catch (NotFiniteNumberException exception)
{
    Console.Error.WriteLine($"The training diverged: {exception.Message}. Try a lower --learning-rate.");
    return ExitCode.Failed;
}
