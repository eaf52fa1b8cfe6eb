namespace NeuralNetFromScratch.Onnx;

/// <summary>Exports the steps of an <see cref="OperatorLayer"/> as ONNX operators.</summary>
internal static class OperatorExport
{
    public static ExportedValue Add(ExportedLayer place, ExportedValue value)
    {
        var layer = (OperatorLayer)place.Layer;
        GraphBuilder graph = place.Graph;
        return ImageExport.AddTurn(place, layer, value) ?? ExportedValue.Vector(Add(place, graph, layer, graph.Vector(value)));
    }

    private static string Add(ExportedLayer place, GraphBuilder graph, OperatorLayer layer, string value)
    {
        string[] constants = [.. layer.ConstantLengths.Select((length, i) => place.Row("constants", layer.ConstantLengths.Take(i).Sum(), length))];
        // A value that depends only on constants has a single row.
        List<(string Name, bool IsRow)> values = [(value, false)];
        foreach (Step step in layer.Steps)
        {
            (string Name, bool IsRow)[] inputs = [.. step.Inputs.Select(input => input >= 0 ? values[input] : (constants[-input - 1], true))];
            int[] lengths = [.. step.Inputs.Select(layer.Layout.Length)];
            bool isRow = Array.TrueForAll(inputs, input => input.IsRow);
            // Concatenated values need the same number of rows.
            string[] names = [.. inputs.Select((input, i) => step.Name == "Join" && input.IsRow && !isRow ? graph.Repeat(input.Name, lengths[i], value) : input.Name)];
            values.Add((step.Operator.Export(graph, step, names, lengths), isRow));
        }

        return values[^1].Name;
    }
}
