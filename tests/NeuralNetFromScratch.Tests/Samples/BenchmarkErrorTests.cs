using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>Whatever a user gets wrong on the command line of a benchmark program is one line that names it, and an exit code that is not 0.</summary>
[Category("Process")]
public class BenchmarkErrorTests
{
    [TestCase("NeuralNetFromScratch.Accuracy", "cook", "cook")]
    [TestCase("NeuralNetFromScratch.Accuracy", "lab-200 --seeds many", "--seeds must be a whole number above 0, got many")]
    [TestCase("NeuralNetFromScratch.Accuracy", "lab-200 --data none", "train-images-idx3-ubyte")]
    [TestCase("NeuralNetFromScratch.Accuracy", "lab-200 --json none/x", "--json none/x: there is no folder")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "cook", "There is no verb cook")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "compare --only all", "all")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "compare --data none", "train-images-idx3-ubyte")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "compare --json none/x", "--json none/x: there is no folder")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "threads --pairs 0", "--pairs must be positive")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "files --gigabytes 0", "--gigabytes must be positive and less than 1000")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "files --block 0", "--block must be positive")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "scaling --json none/x", "--json none/x: there is no folder")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "scaling --samples 1 2", "--samples must be 3 positive numbers below a million")]
    [TestCase("NeuralNetFromScratch.Benchmarks", "ladder --size 5", "--size must be a positive multiple of 96, got 5")]
    public void Bad_arguments(string program, string arguments, string message)
    {
        using var folder = new TemporaryFolder();
        (int code, _, string error) = SampleProcess.StartProgram($"benchmarks/{program}", folder.Root, arguments.Split(' '));
        Assert.That(code, Is.Not.Zero);
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message));
    }
}
