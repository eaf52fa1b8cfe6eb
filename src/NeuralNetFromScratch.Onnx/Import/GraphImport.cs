using System.Globalization;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Turns a graph into layers. From the output it goes back towards the input, node by node; what several nodes compute element by element is
/// taken together and recognized as one function.
/// </summary>
internal static class GraphImport
{
    private const int LowestOpset = 9;

    /// <exception cref="InvalidDataException">The model is malformed or holds something that has no counterpart.</exception>
    public static Sequential Read(ModelProto model)
    {
        if (model.Graph is null)
            throw new InvalidDataException("the file holds no graph");
        OperatorSetIdProto? opset = model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx");
        if (opset is null || opset.Version < LowestOpset)
            throw new InvalidDataException(
                $"the model needs an operator set of version {LowestOpset} or later, got {opset?.Version.ToString(CultureInfo.InvariantCulture) ?? "none"}");
        var graph = new ModelGraph(model.Graph);
        var budget = new ParameterBudget(graph.StoredValues);
        var output = new OutputImport(graph, model.Graph);
        List<ImportedLayer> layers = new LayerImport(graph, budget).Convert(output.Value, graph.Input);
        return NetworkAssembly.Build(graph.InputShape, layers, output, budget, model);
    }
}
