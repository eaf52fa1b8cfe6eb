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

    public static float[] Predict(byte[] model, float[] inputs, int[] dimensions, string inputName)
    {
        using var session = new InferenceSession(model);
        var tensor = new DenseTensor<float>(inputs, dimensions);
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([NamedOnnxValue.CreateFromTensor(inputName, tensor)]);
        return [.. results.Single().AsTensor<float>()];
    }
}
