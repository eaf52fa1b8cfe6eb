using BenchmarkDotNet.Running;
using NeuralNetFromScratch.Benchmarks;
using NeuralNetFromScratch.Benchmarks.Comparison;

if (args is ["compare", .. var rest])
    return CompareCommand.Run(rest);
BenchmarkSwitcher.FromAssembly(typeof(MatrixMultiplyBenchmarks).Assembly).Run(args);
return 0;
