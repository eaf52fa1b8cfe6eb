namespace NeuralNetFromScratch.Onnx;

/// <summary>Nodes that make a vector of each sample.</summary>
internal sealed class FlattenImport(ModelGraph graph)
{
    /// <returns>The value that the layer takes.</returns>
    public static string AddFlatten(Operation operation, List<ImportedLayer> layers)
    {
        if (operation.Integer("axis", 1) != 1)
            throw operation.Refuse("makes something else than [batch, features]");
        layers.Add(new ImportedLayer(operation, new Flatten()));
        return operation.Input(0);
    }

    /// <summary>A reshaping to [batch, features], with a constant shape, or one that begins with the batch as the graph itself reads it.</summary>
    /// <returns>The value that the layer takes.</returns>
    public string AddReshape(Operation operation, List<ImportedLayer> layers)
    {
        string input = operation.Input(0), shape = operation.Input(1);
        (double batch, double features) = graph.FindConstant(shape) is { Values: [var first, var second] }
            ? (first, second)
            : graph.Find(shape) is { Type: "Concat", InputCount: 2 } parts && IsBatchOf(parts.Input(0), input) && graph.FindConstant(parts.Input(1)) is { Values: [var rest] }
                ? (0, rest)
                : throw operation.Refuse("makes something else than [batch, features]");
        // 0 keeps the batch, −1 takes what is left.
        if (features is not (-1 or > 0) || batch < -1 || (batch == -1 && features == -1) || (features > 0 && batch > 0))
            throw operation.Refuse($"to [{batch}, {features}] makes something else than [batch, features]");
        layers.Add(new ImportedLayer(operation, new Flatten()) { Width = Math.Max((long)features, 0) });
        return input;
    }

    /// <summary>Whether a value is the size of another's first dimension: Shape, then Gather 0, then perhaps Unsqueeze; as PyTorch writes it.</summary>
    private bool IsBatchOf(string size, string value)
    {
        if (graph.Find(size) is { Type: "Unsqueeze" } wrapped)
            size = wrapped.Input(0);
        return graph.Find(size) is { Type: "Gather" } gather && gather.Integer("axis", 0) == 0 && graph.FindConstant(gather.Input(1)) is { Values: [0] }
            && graph.Find(gather.Input(0)) is { Type: "Shape" } shape && shape.Input(0) == value;
    }
}
