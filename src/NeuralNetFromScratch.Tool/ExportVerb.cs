using NeuralNetFromScratch.Onnx;

namespace NeuralNetFromScratch.Tool;

/// <summary>The verb <c>export</c>: exports a saved network as an ONNX model.</summary>
internal static class ExportVerb
{
    public static int Run(string model, string onnx)
    {
        Sequential network = SavedModel.Load(model);
        UserFile.CheckWritable("--onnx", onnx);
        OnnxModel.Export(network, onnx, new OnnxExportOptions { IncludesInputScaling = network.InputScaling is not null });
        string takes = network.InputScaling is null ? "inputs" : "pixels from 0 to 255";
        Console.WriteLine($"Wrote {onnx}: \"input\" takes {takes} [batch, {string.Join(", ", network.InputShape)}], \"output\" gives probabilities [batch, 10]");
        return ExitCode.Success;
    }
}
