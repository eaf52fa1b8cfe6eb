using BenchmarkDotNet.Running;
using NeuralNetFromScratch.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(MatrixMultiplyBenchmarks).Assembly).Run(args);
