namespace NeuralNetFromScratch.Tool;

/// <summary>The program: binds the verbs of the command line to their actions.</summary>
internal static class ToolProgram
{
    /// <summary>Runs a command line; without a verb it prints the help.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter error, CancellationToken cancellationToken)
    {
        var commandLine = new CommandLine();
        commandLine.Train.SetAction((result, token) => Session.RunAsync(commandLine.Read(result), token));
        commandLine.Evaluate.SetAction((result, token) => EvaluateVerb.RunAsync(
            commandLine.SavedModel(result), commandLine.Data(result), commandLine.Output(result), commandLine.Json(result), token));
        commandLine.Predict.SetAction((result, token) => Task.FromResult(PredictVerb.Run(commandLine.SavedModel(result), commandLine.Images(result), error, token)));
        commandLine.Export.SetAction((result, _) => Task.FromResult(ExportVerb.Run(commandLine.SavedModel(result), commandLine.Onnx(result))));
        commandLine.Summary.SetAction(result => SummaryVerb.Run(commandLine.File(result)));
        commandLine.Hash.SetAction(result => HashVerb.Run(commandLine.File(result)));
        return CommandRunner.RunAsync(commandLine.Root, arguments.Count > 0 ? arguments : ["--help"], error, cancellationToken);
    }
}
