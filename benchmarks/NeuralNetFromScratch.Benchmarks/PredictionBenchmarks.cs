using BenchmarkDotNet.Attributes;

namespace NeuralNetFromScratch.Benchmarks;

/// <summary>Prediction with 784-128-10 on one thread.</summary>
[MemoryDiagnoser]
public class PredictionBenchmarks
{
    private readonly float[] _inputs = new float[256 * 784];
    private readonly float[] _outputs = new float[256 * 10];
    private Predictor _predictor = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int i = 0; i < _inputs.Length; i++)
            _inputs[i] = random.NextSingle();
        _predictor = new Sequential([784], 1, new Dense(128, Activation.Relu), new Dense(10)) { OutputActivation = OutputActivation.Softmax }.CreatePredictor(256);
    }

    [Benchmark]
    public void OneImage() => _predictor.Predict(_inputs.AsSpan(0, 784), _outputs.AsSpan(0, 10));

    [Benchmark]
    public void Batch256() => _predictor.Predict(_inputs, _outputs);
}
