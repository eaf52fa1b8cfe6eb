using NeuralNetFromScratch.Benchmarks.Comparison;

namespace NeuralNetFromScratch.Benchmarks.Scaling;

/// <summary>A network, its optimizer and the samples of a step.</summary>
internal sealed record Workload(string Name, int Batch, Func<Sequential> Network, Func<Optimizer> Optimizer)
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("784-128-10", 128, () => new([28, 28], 1, new Dense(128, Activation.Relu), new Dense(10)), () => new Sgd(0.02f, 0.9f)),
        new("784-512-512-10", 1024, () => new([28, 28], 1, new Dense(512, Activation.Relu), new Dense(512, Activation.Relu), new Dense(10)), () => new Sgd(0.02f, 0.9f)),
        new("convolutional network", 1024, () => ConvolutionRows.Network(), () => new Adam()),
    ];
}
