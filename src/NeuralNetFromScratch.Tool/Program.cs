using NeuralNetFromScratch.Tool;

return await CommandRunner.RunUntilInterruptedAsync(cancellationToken => MnistProgram.RunAsync(args, Console.Error, cancellationToken));
