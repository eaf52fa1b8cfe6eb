using Microsoft.ML.OnnxRuntime;
using NeuralNetFromScratch.Onnx;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>ONNX Runtime predicting for one sample at a time on one thread, with values that lie ready: the fastest way it offers.</summary>
internal sealed class OnnxRuntimePeer : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue[] _inputs, _outputs;

    /// <param name="network">What it runs: an exported copy.</param>
    /// <param name="input">The sample; read at each run.</param>
    /// <param name="output">Written at each run.</param>
    public OnnxRuntimePeer(Sequential network, float[] input, float[] output)
    {
        using var model = new MemoryStream();
        OnnxModel.Export(network, model);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(model.ToArray(), options);
        _inputs = [OrtValue.CreateTensorValueFromMemory(input, [1, input.Length])];
        _outputs = [OrtValue.CreateTensorValueFromMemory(output, [1, output.Length])];
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
