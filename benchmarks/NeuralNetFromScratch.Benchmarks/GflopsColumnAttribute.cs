using BenchmarkDotNet.Configs;

namespace NeuralNetFromScratch.Benchmarks;

/// <summary>Adds the column GFLOP/s to a class's results.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class GflopsColumnAttribute : Attribute, IConfigSource
{
    public IConfig Config { get; } = ManualConfig.CreateEmpty().AddColumn(new GflopsColumn());
}
