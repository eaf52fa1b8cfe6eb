namespace NeuralNetFromScratch.Onnx;

/// <summary>The layers of imported networks that are not in the library.</summary>
public static class OnnxParts
{
    /// <summary>
    /// The registry with the parts of the library and of this package: <c>Sequential.Load("model.safetensors", OnnxParts.Registry)</c> loads a
    /// network that was imported from ONNX and saved.
    /// </summary>
    public static PartRegistry Registry { get; } = BuiltInParts.With<OperatorLayer>().With<Step>().With<ParallelLayer>();
}
