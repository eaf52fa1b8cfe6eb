namespace NeuralNetFromScratch.Onnx;

/// <summary>The kinds of layers that an imported network may have beside the library's own.</summary>
public static class OnnxParts
{
    /// <summary>
    /// The library's kinds and those of this package: <c>Sequential.Load("model.safetensors", OnnxParts.Registry)</c> reads a network that was
    /// imported from ONNX and saved, whatever layers it has.
    /// </summary>
    public static PartRegistry Registry { get; } = BuiltInParts.With<OperatorLayer>().With<Step>().With<ParallelLayer>();
}
