namespace NeuralNetFromScratch.Onnx;

/// <summary>The kinds of layers that an imported network may contain besides those of the library.</summary>
public static class OnnxParts
{
    /// <summary>
    /// The registry of the library's kinds and those of this package: <c>Sequential.Load("model.safetensors", OnnxParts.Registry)</c> loads a
    /// network that was imported from ONNX and saved.
    /// </summary>
    public static PartRegistry Registry { get; } = BuiltInParts.With<OperatorLayer>().With<Step>().With<ParallelLayer>();
}
