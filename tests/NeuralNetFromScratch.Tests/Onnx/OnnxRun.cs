using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using NeuralNetFromScratch.Onnx;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>What ONNX Runtime makes of an exported network.</summary>
internal static class OnnxRun
{
    public static float[] Predict(Sequential network, float[] inputs, int batch, OnnxExportOptions? options = null)
    {
        using var stream = new MemoryStream();
        OnnxModel.Export(network, stream, options);
        return Predict(stream.ToArray(), inputs, [batch, .. network.InputShape], options?.InputName ?? "input");
    }

    /// <summary>An output of a model, or its only one; a list of dictionaries is taken as their values.</summary>
    public static float[] Predict(byte[] model, float[] inputs, int[] dimensions, string inputName, string? outputName = null)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model, options);
        NamedOnnxValue value = session.InputMetadata[inputName].ElementType == typeof(float)
            ? NamedOnnxValue.CreateFromTensor(inputName, new DenseTensor<float>(inputs, dimensions))
            : session.InputMetadata[inputName].ElementType == typeof(double)
            ? NamedOnnxValue.CreateFromTensor(inputName, new DenseTensor<double>(Array.ConvertAll(inputs, input => (double)input), dimensions))
            : NamedOnnxValue.CreateFromTensor(inputName, new DenseTensor<byte>(Array.ConvertAll(inputs, input => (byte)input), dimensions));
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = outputName is null ? session.Run([value]) : session.Run([value], [outputName]);
        DisposableNamedOnnxValue result = results.Single();
        return result.Value switch
        {
            Tensor<float> floats => [.. floats],
            Tensor<double> doubles => [.. doubles.Select(number => (float)number)],
            IEnumerable<DisposableNamedOnnxValue> dictionaries => [.. dictionaries.SelectMany(Values)],
            var other => throw new NotSupportedException($"an output of type {other.GetType()}"),
        };

        static IEnumerable<float> Values(DisposableNamedOnnxValue dictionary) =>
            dictionary.Value is IDictionary<long, float> numbers ? numbers.OrderBy(pair => pair.Key).Select(pair => pair.Value) : dictionary.AsDictionary<string, float>().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value);
    }
}
