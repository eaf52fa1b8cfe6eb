using BenchmarkDotNet.Attributes;

namespace NeuralNetFromScratch.Benchmarks;

/// <summary>A whole training step, and one prediction, of 784-128-10.</summary>
[MemoryDiagnoser]
[GflopsColumn]
public class TrainingBenchmarks
{
    private float[] _inputs = null!;
    private int[] _labels = null!;
    private Trainer _momentum = null!;
    private Trainer _adam = null!;

    public static IEnumerable<NetworkSize> Sizes => [new(128, 64)];

    [ParamsSource(nameof(Sizes))]
    public NetworkSize Size { get; set; } = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _inputs = [.. Enumerable.Range(0, Size.Batch * 784).Select(_ => random.NextSingle())];
        _labels = [.. Enumerable.Range(0, Size.Batch).Select(_ => random.Next(10))];
        _momentum = Create(new Sgd(0.01f, 0.9f));
        _adam = Create(new Adam());
    }

    [Benchmark(Baseline = true)]
    public float StepWithMomentum() => _momentum.TrainStep(new ReadOnlyMatrixView(_inputs, Size.Batch, 784), _labels);

    [Benchmark]
    public float StepWithAdam() => _adam.TrainStep(new ReadOnlyMatrixView(_inputs, Size.Batch, 784), _labels);

    private Trainer Create(Optimizer optimizer)
    {
        var network = new Sequential([784], 1, new Dense(Size.Hidden, Activation.Relu), new Dense(10));
        return new Trainer(network, new SoftmaxCrossEntropy(), optimizer, new TrainerOptions { ThreadCount = Threads });
    }
}
