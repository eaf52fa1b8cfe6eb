using BenchmarkDotNet.Attributes;

namespace NeuralNetFromScratch.Benchmarks;

/// <summary>Forward and backward of the first layer by itself, on one thread.</summary>
[MemoryDiagnoser]
public class DenseBenchmarks
{
    private const int Batch = 64, Inputs = 784, Units = 128;

    private readonly Dense _layer = new(Units, Activation.Relu);
    private readonly Engine _engine = new();
    private readonly float[] _input = new float[Batch * Inputs];
    private readonly float[] _output = new float[Batch * Units];
    private readonly float[] _gradient = new float[Batch * Units];
    private ParameterStore _parameters = null!;

    private ReadOnlyMatrixView Input => new(_input, Batch, Inputs);

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _parameters = _layer.CreateParameters([Inputs], seed: 1);
        for (int i = 0; i < _input.Length; i++)
            _input[i] = random.NextSingle();
        for (int i = 0; i < _gradient.Length; i++)
            _gradient[i] = random.NextSingle() - 0.5f;
        Forward();
    }

    [Benchmark]
    public void Forward() => _layer.Forward(new LayerContext(_engine, Batch, _parameters) { IsTraining = true }, Input, new(_output, Batch, Units));

    [Benchmark]
    public void Backward() => _layer.Backward(
        new LayerContext(_engine, Batch, _parameters), Input, new(_output, Batch, Units), new(_gradient, Batch, Units), default);
}
