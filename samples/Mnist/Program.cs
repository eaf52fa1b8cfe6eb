using NeuralNetFromScratch.Tool;

return await CommandRunner.RunUntilInterruptedAsync(cancellation => MnistProgram.RunAsync(args, Console.Error, cancellation));
