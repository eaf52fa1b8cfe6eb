using Microsoft.ML.OnnxRuntime;
using NeuralNetFromScratch.Onnx;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>ONNX Runtime predicting with values that lie ready: the fastest way it offers.</summary>
internal sealed class OnnxRuntimePeer : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue[] _inputs, _outputs;

    /// <param name="network">What it runs: an exported copy.</param>
    /// <param name="input">The samples; read at each run.</param>
    /// <param name="output">Written at each run.</param>
    /// <param name="sampleSizes">The sizes of a sample as the model takes it; null for a vector.</param>
    /// <param name="threads">Number of threads.</param>
    public OnnxRuntimePeer(Sequential network, float[] input, float[] output, long[]? sampleSizes = null, int threads = 1)
    {
        using var model = new MemoryStream();
        OnnxModel.Export(network, model);
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        _session = new InferenceSession(model.ToArray(), options);
        int samples = input.Length / network.InputShape.ElementCount;
        _inputs = [OrtValue.CreateTensorValueFromMemory(input, [samples, .. sampleSizes ?? [network.InputShape.ElementCount]])];
        _outputs = [OrtValue.CreateTensorValueFromMemory(output, [samples, output.Length / samples])];
    }

    public void Predict() => _session.Run(_options, _session.InputNames, _inputs, _session.OutputNames, _outputs);

    public void Dispose()
    {
        foreach (OrtValue value in (ReadOnlySpan<OrtValue>)[.. _inputs, .. _outputs])
            value.Dispose();
        _options.Dispose();
        _session.Dispose();
    }
}
