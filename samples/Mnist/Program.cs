using NeuralNetFromScratch.Samples.Mnist;

return await CommandRunner.RunUntilInterruptedAsync(cancellation => MnistProgram.RunAsync(args, Console.Error, cancellation));
