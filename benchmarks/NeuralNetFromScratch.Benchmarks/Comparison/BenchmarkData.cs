
namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>The samples that training is measured on.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Sets">The samples.</param>
internal sealed record BenchmarkData(string Name, MnistData Sets)
{
    public static BenchmarkData Load(string? directory)
    {
        if (directory is not null)
            return new($"MNIST's format from {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}", Mnist.Load(directory));
        return new("synthetic digits (use --data DIR for MNIST)", new(SyntheticDigits.Create(60_000, 1), SyntheticDigits.Create(10_000, 2)));
    }
}
