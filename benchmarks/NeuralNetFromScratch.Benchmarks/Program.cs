using BenchmarkDotNet.Running;
using NeuralNetFromScratch.Benchmarks;
using NeuralNetFromScratch.Benchmarks.Comparison;
using NeuralNetFromScratch.Benchmarks.Ladder;

if (args is ["compare", .. var rest])
    return CompareCommand.Run(rest);
if (args is ["ladder", .. var ladder])
    return LadderCommand.Run(ladder);
BenchmarkSwitcher.FromAssembly(typeof(MatrixMultiplyBenchmarks).Assembly).Run(args);
return 0;
