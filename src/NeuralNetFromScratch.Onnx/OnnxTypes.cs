namespace NeuralNetFromScratch.Onnx;

/// <summary>Numbers that the ONNX format gives to element types.</summary>
internal static class OnnxTypes
{
    public const int Float = 1, Int64 = 7, Double = 11;
}
