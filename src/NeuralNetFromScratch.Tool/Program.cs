using NeuralNetFromScratch.Tool;

return await CommandRunner.RunUntilInterruptedAsync(cancellationToken => ToolProgram.RunAsync(args, Console.Error, cancellationToken));
