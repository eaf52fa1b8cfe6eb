using NeuralNetFromScratch.Benchmarks;

return await BenchmarkProgram.RunAsync(args, Console.Error);
